import { useEffect, useState } from 'react'

/**
 * Counts from 0 to `last`, one for each frame after mounting: a large screen that shows its parts by stage never
 * keeps the page busy for long at a time.
 */
export function useStage(last: number): number {
  const [stage, setStage] = useState(0)
  useEffect(() => {
    if (stage >= last) return
    // A timer as well: frames stop in a tab that nobody looks at.
    const advance = (): void => setStage((before) => Math.min(last, before + 1))
    const frame = requestAnimationFrame(advance)
    const timer = setTimeout(advance, 250)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
  }, [stage, last])
  return stage
}
