interface DigitExamples {
  readonly inputs: Uint8Array
  readonly labels: Uint8Array
  /** [28, 28, 1] */
  readonly shape: readonly number[]
}

/** The real MNIST: 60,000 training and 10,000 test examples. */
export declare function readMnist(): { readonly train: DigitExamples; readonly test: DigitExamples }

/** The first examples of a set, as views. */
export declare function firstExamples(examples: DigitExamples, count: number): DigitExamples
