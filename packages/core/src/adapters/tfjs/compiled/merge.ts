import type { Kernel } from './kernel.ts'

/**
 * Two kernels that do not need each other's results, in one dispatch: fewer calls, and the device can run both at
 * once. They stay two where a name means different things in them.
 */
export function merged(a: Kernel, b: Kernel): readonly Kernel[] {
  const clash = a.bindings.some((one) =>
    b.bindings.some(
      (other) =>
        other.name === one.name &&
        (other.buffer !== one.buffer || other.element !== one.element || other.access !== one.access),
    ),
  )
  if (clash || a.workgroupSize !== b.workgroupSize) return [a, b]
  // Whole workgroups do one or the other.
  const first = Math.ceil(a.invocations / a.workgroupSize) * a.workgroupSize
  const others = b.bindings.filter(({ name }) => a.bindings.every((one) => one.name !== name))
  return [
    {
      label: `${a.label} and ${b.label}`,
      bindings: [...a.bindings, ...others],
      invocations: first + b.invocations,
      workgroupSize: a.workgroupSize,
      body: `
  if (t < ${first}u) {
    if (t >= ${a.invocations}u) { return; }
${a.body}
  } else {
    let t = t - ${first}u;
${b.body}
  }`,
    },
  ]
}
