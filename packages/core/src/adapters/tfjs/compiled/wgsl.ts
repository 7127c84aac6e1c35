/** Pieces of WGSL: expressions and statements over names of the surrounding kernel. */

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** One string of a statement for each number below `count`. */
export const unrolled = (count: number, statement: (i: number) => string): string =>
  range(count).map(statement).join('\n')

/** Whether four neighbours may be one load: every start is a multiple of four floats. */
export const isAligned = (...starts: readonly number[]): boolean => starts.every((start) => start % 4 === 0)

export const elementOf = (aligned: boolean): 'vec4f' | 'f32' => (aligned ? 'vec4f' : 'f32')

/**
 * Four neighbouring floats from element `start`. Beyond the end of a row come the next row's, beyond the buffer
 * anything: the caller does not store what comes of them.
 */
export const load4 = (name: string, aligned: boolean, start: string): string =>
  aligned
    ? `${name}[(${start}) / 4u]`
    : `vec4f(${name}[${start}], ${name}[${start} + 1u], ${name}[${start} + 2u], ${name}[${start} + 3u])`

/** Stores the four floats of `value` from element `start`, those whose column is below `columns`. */
export const store4 = (
  name: string,
  aligned: boolean,
  start: string,
  value: string,
  column: string,
  columns: number,
): string =>
  aligned
    ? `if (${column} < ${columns}u) { ${name}[(${start}) / 4u] = ${value}; }`
    : unrolled(
        4,
        (i) => `if (${column} + ${i}u < ${columns}u) { ${name}[${start} + ${i}u] = ${value}[${i}]; }`,
      )

/** `value` where the unit was active, 0 where its ReLU had cut it off. */
export const masked = (value: string, activation: string): string =>
  `select(vec4f(0), ${value}, ${activation} > vec4f(0))`

/** ReLU of four floats. What is no number stays none, which `max` does not promise. */
export const cutOff = (value: string): string => `select(${value}, vec4f(0), ${value} < vec4f(0))`
