import { useEffect } from 'react'

/** P, I and ? as keys of the whole screen, except while typing, in a dialog, or with a modifier. */
export function useRoomKeys(actions: Readonly<Record<'p' | 'i' | '?', () => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      const { target } = event
      if (
        target instanceof Element &&
        target.closest('input:not([type=radio], [type=range]), select, textarea, dialog')
      )
        return
      const key = event.key.toLowerCase()
      if (key !== 'p' && key !== 'i' && key !== '?') return
      event.preventDefault()
      actions[key]()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [actions])
}
