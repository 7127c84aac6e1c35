import { matMul, randomUniform } from '@tensorflow/tfjs-core'

/** A product of two square matrices, over and over. */
export interface Product {
  readonly name: string
  readonly flops: number
  /** Resolves when all are done. */
  run(count: number): Promise<void>
}

/** tfjs's own product on the backend in use. */
export function tfjsProduct(size: number): Product {
  const [a, b] = [randomUniform([size, size]), randomUniform([size, size])]
  return {
    name: `tf.matMul of ${size} x ${size}`,
    flops: 2 * size ** 3,
    run: async (count) => {
      for (let i = 0; i < count; i++) {
        const product = matMul(a, b)
        if (i === count - 1) await product.data()
        product.dispose()
      }
    },
  }
}

/** Each thread makes 4 x 4 of the product in its registers; no memory of the workgroup, which is slow in software. */
const shader = (size: number): string => `
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> product: array<vec4f>;
const quads = ${size / 4}u;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  var sums: array<vec4f, 4>;
  for (var k = 0u; k < quads; k++) {
    let b0 = b[(k * 4u) * quads + id.x];
    let b1 = b[(k * 4u + 1u) * quads + id.x];
    let b2 = b[(k * 4u + 2u) * quads + id.x];
    let b3 = b[(k * 4u + 3u) * quads + id.x];
${[0, 1, 2, 3]
  .map(
    (i) => `    let a${i} = a[(row + ${i}u) * quads + k];
    sums[${i}] += a${i}.x * b0 + a${i}.y * b1 + a${i}.z * b2 + a${i}.w * b3;`,
  )
  .join('\n')}
  }
${[0, 1, 2, 3].map((i) => `  product[(row + ${i}u) * quads + id.x] = sums[${i}];`).join('\n')}
}`

/** A product written by hand, on a device of its own. Throws where it comes out wrong. */
export async function shaderProduct(size: number): Promise<Product> {
  const device = await (await navigator.gpu.requestAdapter())?.requestDevice()
  if (device === undefined) throw new Error('there is no WebGPU')
  const bytes = 4 * size ** 2
  const storage = GPUBufferUsage.STORAGE
  const buffer = (usage: number): GPUBuffer => device.createBuffer({ size: bytes, usage })
  const inputs = [1, 2].map((seed) => {
    const values = Float32Array.from({ length: size ** 2 }, (_, i) => ((i * (seed + 6)) % 13) - 6)
    const target = buffer(storage | GPUBufferUsage.COPY_DST)
    device.queue.writeBuffer(target, 0, values)
    return { values, target }
  })
  const product = buffer(storage | GPUBufferUsage.COPY_SRC)
  const module = device.createShaderModule({ code: shader(size) })
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...inputs.map(({ target }) => target), product].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    })),
  })
  const run = async (count: number): Promise<void> => {
    const encoder = device.createCommandEncoder()
    for (let i = 0; i < count; i++) {
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group)
      pass.dispatchWorkgroups(size / 32, size / 32)
      pass.end()
    }
    device.queue.submit([encoder.finish()])
    await device.queue.onSubmittedWorkDone()
  }
  await run(1)
  const read = buffer(GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST)
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(product, 0, read, 0, bytes)
  device.queue.submit([encoder.finish()])
  await read.mapAsync(GPUMapMode.READ)
  const found = new Float32Array(read.getMappedRange())
  const [a, b] = inputs.map(({ values }) => values) as [Float32Array, Float32Array]
  for (const [row, column] of [
    [0, 0],
    [3, size - 1],
    [size - 2, 5],
  ] as const) {
    let sum = 0
    for (let k = 0; k < size; k++) sum += (a[row * size + k] ?? 0) * (b[k * size + column] ?? 0)
    if (found[row * size + column] !== sum) throw new Error('the product of matrices comes out wrong')
  }
  read.destroy()
  return { name: `a product of ${size} x ${size} written in WGSL`, flops: 2 * size ** 3, run }
}

/** The one that does most operations in a time. */
export async function fastest(products: readonly Product[]): Promise<Product> {
  let best: { readonly product: Product; readonly rate: number } | undefined
  for (const product of products) {
    await product.run(1)
    const startMs = performance.now()
    await product.run(1)
    const rate = product.flops / (performance.now() - startMs)
    if (best === undefined || rate > best.rate) best = { product, rate }
  }
  if (best === undefined) throw new RangeError('there is no product to choose from')
  return best.product
}
