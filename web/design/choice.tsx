import { useId } from 'react'
import { classes } from './classes.ts'
import { inputLook } from './field.tsx'

interface ChoiceProps<Value extends string> {
  label: string
  /** Each value with its text, in order. */
  options: Readonly<Record<Value, string>>
  value: Value
  onChange(value: Value): void
  /** Shows the label above it instead of only to screen readers. */
  showLabel?: boolean
}

/** A choice of one among a few, with the system's own control. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
  showLabel = false,
}: ChoiceProps<Value>) {
  const id = useId()
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className={showLabel ? 'font-medium' : 'sr-only'}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        // The options are the keys of the table.
        onChange={event => onChange(event.target.value as Value)}
        className={classes(inputLook, 'h-9 px-2 text-base tablet:text-sm', showLabel && 'h-10')}
      >
        {Object.entries<string>(options).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </div>
  )
}
