import type { Kernel } from '../../compiled/kernel.ts'

/**
 * A kernel `count` times over, in one dispatch: each time `floatsOf` a buffer further on in it. Those of a buffer that is
 * seen as vec4f must be a multiple of 4.
 */
export function repeated(kernel: Kernel, count: number, floatsOf: (buffer: string) => number): Kernel {
  const { bindings, invocations, body } = kernel
  const starts = bindings.map(
    ({ name, buffer, element }) =>
      `let ${name}Start = turn * ${floatsOf(buffer) / (element === 'vec4f' ? 4 : 1)}u;`,
  )
  // Only buffers are indexed by their names.
  const moved = bindings.reduce(
    (code, { name }) => code.replaceAll(new RegExp(`\\b${name}\\[`, 'g'), `${name}[${name}Start + `),
    body,
  )
  return {
    ...kernel,
    invocations: count * invocations,
    body: `
  let turn = t / ${invocations}u;
  ${starts.join('\n  ')}
  {
    let t = t % ${invocations}u;
${moved}
  }`,
  }
}
