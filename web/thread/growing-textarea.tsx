import { type ComponentProps, type RefObject, useLayoutEffect, useRef } from 'react'
import { classes } from '../design/classes.ts'

interface GrowingTextareaProps extends Omit<ComponentProps<'textarea'>, 'ref'> {
  ref?: RefObject<HTMLTextAreaElement | null>
}

/** A text field that grows with its content, up to its `max-h`. */
export function GrowingTextarea({ ref, className, autoFocus = false, ...rest }: GrowingTextareaProps) {
  const own = useRef<HTMLTextAreaElement>(null)
  const field = ref ?? own
  const { value } = rest
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each text
  useLayoutEffect(() => {
    if (!field.current || CSS.supports('field-sizing', 'content')) return
    field.current.style.height = 'auto'
    field.current.style.height = `${field.current.scrollHeight}px`
  }, [value, field])
  useLayoutEffect(() => {
    if (!autoFocus || !field.current) return
    field.current.focus({ preventScroll: true })
    field.current.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [autoFocus, field])
  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      className={classes(
        'block w-full resize-none bg-transparent text-base outline-none [field-sizing:content] focus-visible:outline-none',
        className,
      )}
      {...rest}
    />
  )
}
