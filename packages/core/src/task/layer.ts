/** Height, width and channels. */
export type ImageShape = readonly [number, number, number]

/** A square window that moves over an image. */
export interface Window {
  readonly inputs: ImageShape
  /** Of a convolution the channels are its filters. */
  readonly outputs: ImageShape
  /** Side of the window. */
  readonly kernel: number
  readonly stride: number
  readonly padding: 'valid' | 'same'
}

export interface BatchNormSettings {
  /** Share of the moving statistics that a step keeps. */
  readonly momentum: number
  /** Added to variances, so that what never varies is not divided by zero. */
  readonly epsilon: number
}

export type Activation = 'relu' | 'linear'

/** One layer of a model with all its shapes: enough to build it in tfjs, in the plain trainer, or as a layout. */
export type Layer =
  | {
      readonly type: 'dense'
      readonly inputs: number
      readonly units: number
      readonly activation: Activation
    }
  | ({ readonly type: 'conv2d'; readonly filters: number; readonly activation: Activation } & Window)
  | ({ readonly type: 'depthwise-conv2d'; readonly activation: Activation } & Window)
  | ({ readonly type: 'max-pool' } & Window)
  | ({ readonly type: 'average-pool' } & Window)
  | { readonly type: 'flatten'; readonly inputs: ImageShape }
  | { readonly type: 'relu'; readonly inputs: readonly number[] }
  /** `inputs` is the shape of one example; its last axis is what there is a mean of. */
  | ({ readonly type: 'batch-norm'; readonly inputs: readonly number[] } & BatchNormSettings)
  | { readonly type: 'layer-norm'; readonly inputs: readonly number[]; readonly epsilon: number }
  | { readonly type: 'dropout'; readonly inputs: readonly number[]; readonly rate: number }

/** Zeros above and to the left of an image; below and to the right come as many as the last window needs. */
export function paddingBefore({
  inputs,
  outputs,
  kernel,
  stride,
  padding,
}: Window): readonly [number, number] {
  if (padding === 'valid') return [0, 0]
  const before = (size: number, places: number): number =>
    Math.floor(Math.max(0, (places - 1) * stride + kernel - size) / 2)
  return [before(inputs[0], outputs[0]), before(inputs[1], outputs[1])]
}
