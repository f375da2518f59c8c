import { useAuiState } from '@assistant-ui/react'
import { type RefObject, useLayoutEffect, useRef } from 'react'

interface Place {
  message: Element
  top: number
}

/** Keeps the scroll position when earlier messages are inserted above. */
export function useKeptPlace(view: RefObject<HTMLElement | null>): void {
  const first = useAuiState(({ thread }) => thread.messages[0]?.id)
  const kept = useRef<Place>(undefined)

  useLayoutEffect(() => {
    const box = view.current
    if (!box) return
    const keep = () => {
      const message = topmostIn(box)
      kept.current = message && { message, top: message.getBoundingClientRect().top }
    }
    box.addEventListener('scroll', keep, { passive: true })
    return () => box.removeEventListener('scroll', keep)
  }, [view])

  // biome-ignore lint/correctness/useExhaustiveDependencies: each time something comes in above
  useLayoutEffect(() => {
    const [box, place] = [view.current, kept.current]
    if (box && place?.message.isConnected)
      box.scrollTop += place.message.getBoundingClientRect().top - place.top
  }, [first, view])
}

function topmostIn(box: HTMLElement): Element | undefined {
  const { top } = box.getBoundingClientRect()
  const messages = [...box.querySelectorAll('article')]
  // They are in order: binary search for the first one that ends below the upper edge.
  let [low, high] = [0, messages.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const isAbove = (messages[middle]?.getBoundingClientRect().bottom ?? 0) <= top
    ;[low, high] = isAbove ? [middle + 1, high] : [low, middle]
  }
  return messages[low]
}
