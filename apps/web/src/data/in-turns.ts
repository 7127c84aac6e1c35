/** Runs `act` on every item, at most `most` at once, and answers in the order of the items. Rejects with the first error. */
export async function inTurns<T, R>(
  items: readonly T[],
  most: number,
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers = new Map<number, R>()
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) answers.set(index, await act(item))
  }
  await Promise.all(Array.from({ length: most }, worker))
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer)
}
