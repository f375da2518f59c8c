import { useCallback, useLayoutEffect, useRef, useState } from 'react'

/** A position this close to the end counts as the end. */
const nearPixels = 64

/** Keeps the newest message in view while the person is at the end, but not after they have scrolled up to read. */
export function useNewest() {
  const view = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const [isAtNewest, setAtNewest] = useState(true)

  const goToNewest = useCallback(() => {
    isFollowing.current = true
    view.current?.scrollTo({ top: view.current.scrollHeight })
  }, [])

  useLayoutEffect(() => {
    const [box, inner] = [view.current, content.current]
    if (!box || !inner) return
    let lastTop = box.scrollTop
    const toEnd = () => {
      if (isFollowing.current) box.scrollTop = box.scrollHeight
    }
    const onScroll = () => {
      const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < nearPixels
      // Growth below does not count as scrolling away; only scrolling up does.
      if (isNear) isFollowing.current = true
      else if (box.scrollTop < lastTop - 1) isFollowing.current = false
      lastTop = box.scrollTop
      setAtNewest(isNear || isFollowing.current)
    }
    const sizes = new ResizeObserver(toEnd)
    sizes.observe(inner)
    sizes.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    toEnd()
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [])

  return { view, content, isAtNewest, goToNewest }
}
