// Assembles each x.wat beside it into x.wasm.ts, which holds the module as base64. With --check nothing is written, and the
// exit code is 1 where a committed file is not what its source gives.
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const { parseWat } = await wabt()
for (const name of ['convolution', 'dense']) {
  const source = readFileSync(new URL(`${name}.wat`, import.meta.url), 'utf8')
  const module = parseWat(`${name}.wat`, source, { simd: true })
  module.validate()
  const text = `/** ${name}.wat as a WebAssembly module in base64. Written by assemble.mjs. */
export const ${name}Wasm =
  '${Buffer.from(module.toBinary({}).buffer).toString('base64')}'
`
  const target = new URL(`${name}.wasm.ts`, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${name}.wat has changed: run node bench/published/assemble.mjs`)
    process.exitCode = 1
  }
}
