/** Of a layer that moves a window over an image. */
interface WindowSpec {
  /** Side of the window in pixels, 1 to 7. */
  readonly kernel: number
  /** Pixels from one place of the window to the next, 1 to 7. Default 1. */
  readonly stride?: number
  /**
   * `valid`: only places wholly inside the image. `same`: as many places as pixels (divided by the stride, rounded
   * up), what lies outside counts as zero. Default valid.
   */
  readonly padding?: 'valid' | 'same'
  readonly activation?: ActivationSpec
}

interface PoolSpec {
  /** Side of the window in pixels, 1 to 16. */
  readonly size: number
  /** Pixels from one place of the window to the next, 1 to 16. Default: the size, so that windows do not overlap. */
  readonly stride?: number
}

/** Default relu. */
export type ActivationSpec = 'relu' | 'linear'

/** One layer of a model of kind `layers`, as a task writes it. */
export type LayerSpec =
  | ({ readonly type: 'conv2d'; readonly filters: number } & WindowSpec)
  /** One filter for each channel. */
  | ({ readonly type: 'depthwise-conv2d' } & WindowSpec)
  /** A linear depthwise convolution, then a 1x1 convolution with the activation (Chollet 2017, arXiv 1610.02357). */
  | ({ readonly type: 'separable-conv2d'; readonly filters: number } & WindowSpec)
  | ({ readonly type: 'max-pool' } & PoolSpec)
  | ({ readonly type: 'average-pool' } & PoolSpec)
  | { readonly type: 'relu' }
  /** Left out, it comes by itself before a dense layer. */
  | { readonly type: 'flatten' }
  | { readonly type: 'dense'; readonly units: number; readonly activation?: ActivationSpec }
  /**
   * Over the batch, for each channel or unit (Ioffe and Szegedy 2015, arXiv 1502.03167). Its moving mean and
   * variance are parameters that travel and merge like the others.
   */
  | {
      readonly type: 'batch-norm'
      /** Share of the moving statistics that a step keeps, 0 to 0.999. Default 0.9: peers meet every few steps, so they forget fast. */
      readonly momentum?: number
      /** Added to variances, 1e-7 to 1. Default 0.001. */
      readonly epsilon?: number
    }
  /** Over the channels or units of one place of one example (Ba et al. 2016, arXiv 1607.06450). */
  | {
      readonly type: 'layer-norm'
      /** Added to variances, 1e-7 to 1. Default 0.00001. */
      readonly epsilon?: number
    }
  /** Sets that share of its inputs to zero in training, 0 to 0.95, and scales the others up (Srivastava et al. 2014). */
  | { readonly type: 'dropout'; readonly rate: number }
