import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scriptedClient } from './scripted-client.ts'
import { startSignaling } from './server.ts'

const built = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function run(...args: string[]): { child: ChildProcess; firstLine: Promise<string> } {
  const child = spawn(process.execPath, [built, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.stdout === null) throw new Error('no output')
  const lines = createInterface({ input: child.stdout })
  return { child, firstLine: once(lines, 'line').then(([line]) => String(line)) }
}

test('prints its address, introduces, and stops on SIGTERM', async () => {
  const { child, firstLine } = run('--port', '0')
  const line = await firstLine
  expect(line).toMatch(/^Gossamer is at http:\/\/localhost:\d+$/)
  const client = scriptedClient(line.slice('Gossamer is at '.length).replace('http', 'ws'))
  await client.hello()
  expect(await client.join('room')).toMatchObject({ seat: 0 })
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await client.closed).toBe(1001)
  expect((await exit)[0]).toBe(0)
})

test('a port that is taken is said in a sentence', async () => {
  const other = await startSignaling()
  const { child } = run('--port', String(other.port))
  const errors: string[] = []
  child.stderr?.on('data', (part) => errors.push(String(part)))
  expect((await once(child, 'close'))[0]).toBe(1)
  expect(errors.join('')).toContain(`Port ${other.port} is taken`)
  await other.close()
})
