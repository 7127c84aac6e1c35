/** A buffer as a kernel sees it. */
export interface Binding {
  /** In the body. */
  readonly name: string
  /** Of the plan's buffers. */
  readonly buffer: string
  /** Any buffer can be seen as any of these; as vec4f an index counts four floats. */
  readonly element: 'f32' | 'vec4f' | 'u32'
  readonly access: 'read' | 'read_write'
}

/**
 * One dispatch of the step: a WGSL program over named buffers. It has no workgroup memory and no barriers: an
 * emulated GPU runs those many times slower, and register tiles do without.
 */
export interface Kernel {
  readonly label: string
  readonly bindings: readonly Binding[]
  readonly invocations: number
  /** Invocations of a workgroup; 16 where each has much to do. */
  readonly workgroupSize: number
  /** WGSL statements; `t` is the number of the invocation, below `invocations`. */
  readonly body: string
}

/** The most workgroups that every device takes in one dimension. */
const widest = 65_535

/** Workgroups of the dispatch, in two dimensions where one does not hold them. */
export function workgroupsOf({ invocations, workgroupSize }: Kernel): readonly [number, number] {
  const count = Math.ceil(invocations / workgroupSize)
  const rows = Math.ceil(count / widest)
  return [Math.ceil(count / rows), rows]
}

export function shaderOf(kernel: Kernel): string {
  const declarations = kernel.bindings.map(
    ({ name, element, access }, index) =>
      `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<${element}>;`,
  )
  const [across] = workgroupsOf(kernel)
  return `${declarations.join('\n')}
@compute @workgroup_size(${kernel.workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let t = id.x + id.y * ${across * kernel.workgroupSize}u;
  if (t >= ${kernel.invocations}u) { return; }
${kernel.body}
}`
}
