import type { LucideIcon } from 'lucide-react'
import { useId } from 'react'
import { classes } from './classes.ts'

interface SegmentsProps<Value extends string> {
  label: string
  options: readonly { value: Value; words: string; icon?: LucideIcon }[]
  value: Value
  onChange(value: Value): void
}

/** A choice of one among a few, all visible. */
export function Segments<Value extends string>({ label, options, value, onChange }: SegmentsProps<Value>) {
  const name = useId()
  return (
    <fieldset className="inline-flex justify-self-start rounded-md bg-hover p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value: each, words, icon: Icon }) => (
        <label
          key={each}
          className={classes(
            'flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-3 has-focus-visible:outline-2 has-focus-visible:outline-accent',
            each === value ? 'bg-raised font-medium text-ink ring-1 ring-line' : 'text-quiet hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={each === value}
            onChange={() => onChange(each)}
          />
          {Icon && <Icon aria-hidden="true" className="size-4" />}
          {words}
        </label>
      ))}
    </fieldset>
  )
}
