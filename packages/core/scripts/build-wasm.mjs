// Assembles each `x.wat` under src into an `x.wasm.ts` beside it, which holds the module as base64.
// With --check nothing is written, and the exit code is 1 where a committed file is not what its source gives.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const source = fileURLToPath(new URL('../src', import.meta.url))
const check = process.argv.includes('--check')
const { parseWat } = await wabt()

for (const path of readdirSync(source, { recursive: true }).filter((path) => path.endsWith('.wat'))) {
  const name = basename(path, '.wat')
  const module = parseWat(path, readFileSync(join(source, path), 'utf8'), { simd: true, bulk_memory: true })
  module.validate()
  const { buffer } = module.toBinary({})
  const constant = name.replace(/-./g, (pair) => pair[1].toUpperCase())
  const text = `/** ${name}.wat as a WebAssembly module in base64. Written by scripts/build-wasm.mjs. */
export const ${constant}Wasm: string =
  '${Buffer.from(buffer).toString('base64')}'
`
  const target = join(source, path.replace(/\.wat$/, '.wasm.ts'))
  if (!check) {
    writeFileSync(target, text)
    console.log(`${path}: ${buffer.length} bytes`)
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${path} has changed: run node packages/core/scripts/build-wasm.mjs`)
    process.exitCode = 1
  }
}
