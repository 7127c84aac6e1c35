/** Classes of which this peer has no training example. */
export const unseenClasses = (ownClassCounts: readonly number[]): readonly number[] =>
  ownClassCounts.flatMap((count, label) => (count === 0 ? [label] : []))

/** Mean accuracy over the given classes, those without test examples left out; undefined when none is left. */
export function meanOver(
  perClass: readonly number[] | undefined,
  classes: readonly number[],
): number | undefined {
  const known = classes.flatMap((label) => {
    const accuracy = perClass?.[label]
    return accuracy === undefined || Number.isNaN(accuracy) ? [] : [accuracy]
  })
  return known.length === 0 ? undefined : known.reduce((sum, accuracy) => sum + accuracy, 0) / known.length
}
