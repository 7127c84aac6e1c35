/** Whether a GPU's name is that of a known emulation on the CPU. */
export const isSoftware = (description: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(description)
