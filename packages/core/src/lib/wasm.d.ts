/** The little of WebAssembly that the pure core uses: the same in every browser and in Node, and no part of ES2023's types. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }
  class Memory {
    constructor(size: { readonly initial: number })
    readonly buffer: ArrayBuffer
    /** Makes `buffer` another one; the old one is detached. Throws RangeError when there is no more. */
    grow(pages: number): number
  }
  class Instance<Exports> {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>)
    readonly exports: Exports
  }
}
