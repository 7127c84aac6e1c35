// Assembles kernels.wat into kernels.wasm.ts, which holds the module as base64. With --check nothing is written, and the
// exit code is 1 where the committed file is not what its source gives.
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const { parseWat } = await wabt()
const source = readFileSync(new URL('kernels.wat', import.meta.url), 'utf8')
const module = parseWat('kernels.wat', source, { simd: true })
module.validate()
const text = `/** kernels.wat as a WebAssembly module in base64. Written by assemble.mjs. */
export const kernelsWasm =
  '${Buffer.from(module.toBinary({}).buffer).toString('base64')}'
`
const target = new URL('kernels.wasm.ts', import.meta.url)
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error('kernels.wat has changed: run node bench/published/assemble.mjs')
  process.exitCode = 1
}
