/** The published network (arXiv 2310.15329): every size follows from here. Convolutions are 4 x 4, 'valid'. */
export const image = 28
export const classes = 10
export const kernel = 4
/** Places of a kernel. */
export const taps = kernel * kernel
export const filters1 = 32
export const filters2 = 16
/** Of the 25 x 25 pixels of the first convolution, pooling takes 24 x 24. */
export const conv1 = 24
export const pooled = conv1 / 2
export const conv2 = pooled - kernel + 1
export const features = conv2 * conv2 * filters2
/** Examples that go through the network together. */
export const batchSize = 32

/** Where each tensor begins in a vector of parameters, in floats. */
export const at = { kernel1: 0, bias1: 512, kernel2: 544, bias2: 8_736, dense: 8_752, denseBias: 21_712 }
export const parameters = 21_722

// The rest is in bytes, as the kernels have it.
export const float = 4
export const imageRow = image * float
export const imageBytes = image * imageRow
export const pixel1 = filters1 * float
/** Rows of the first convolution end in four pixels of zeros, so that windows may reach over their ends. */
export const row1 = image * pixel1
export const bytes1 = conv1 * row1
export const rowPooled = pooled * pixel1
export const bytesPooled = pooled * rowPooled
export const pixel2 = filters2 * float
export const row2 = conv2 * pixel2
export const bytes2 = conv2 * row2
/** Rows of logits are padded to 16: whole vectors. */
export const logitRow = 16 * float
/** Room for a vector of parameters. */
export const vectorBytes = 16 * Math.ceil((parameters * float) / 16)
/** An offset and a value: see convolution.wat. Lists are written one entry past their end. */
export const entryBytes = 8
export const inputEntriesBytes = (image * image + 1) * entryBytes
export const inputStartsBytes = (image * image + 1) * float
