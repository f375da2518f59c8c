import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type Look = 'primary' | 'plain' | 'quiet' | 'danger' | 'link'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-edge/60 bg-surface text-ink hover:bg-hover',
  quiet: 'text-quiet hover:bg-hover hover:text-ink',
  link: 'text-accent underline underline-offset-4 hover:text-accent-strong',
  danger: 'bg-danger text-on-danger hover:brightness-110',
}

const shape =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium transition-colors disabled:opacity-55'

export interface ButtonProps extends ComponentProps<'button'> {
  look?: Look
  /** A request is pending: the button stays in place and cannot be pressed twice. */
  busy?: boolean
}

export function Button({ look = 'plain', busy = false, className, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      onClick={busy ? event => event.preventDefault() : onClick}
      className={classes(
        shape,
        'min-h-9 text-sm',
        look === 'link' ? 'px-2' : 'px-3.5',
        looks[look],
        busy && 'cursor-progress opacity-70',
        className,
      )}
      {...rest}
    />
  )
}

/** An icon button; `label` is its accessible name and its tooltip. */
export function IconButton({
  label,
  look = 'quiet',
  className,
  ...rest
}: ComponentProps<'button'> & { label: string; look?: Look }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(shape, 'size-9 [&_svg]:size-[1.125rem]', looks[look], className)}
      {...rest}
    />
  )
}
