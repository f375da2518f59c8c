import { type ComponentProps, useId } from 'react'
import { classes } from './classes.ts'

export const inputLook =
  'w-full rounded-md border border-edge bg-surface px-3 text-ink aria-invalid:border-danger disabled:opacity-60'

interface FieldProps extends ComponentProps<'input'> {
  label: string
  hint?: string
  problem?: string | undefined
}

/** An input with its label above, and a hint or an error below. */
export function Field({ label, hint, problem, className, ...rest }: FieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className={classes('grid gap-1.5', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={problem !== undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={classes(inputLook, 'h-10 text-base tablet:text-sm')}
        {...rest}
      />
      {note && (
        <p id={`${id}-note`} className={classes('text-xs', problem ? 'text-danger' : 'text-quiet')}>
          {note}
        </p>
      )}
    </div>
  )
}
