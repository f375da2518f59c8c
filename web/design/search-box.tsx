import { Search } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { inputLook } from './field.tsx'

interface SearchBoxProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  label: string
  text: string
  onChange(text: string): void
}

/** A search field; Escape clears it. */
export function SearchBox({ label, text, onChange, ...rest }: SearchBoxProps) {
  return (
    <div className="relative">
      <Search aria-hidden="true" className="absolute top-2.5 left-3 size-4 text-quiet" />
      <input
        type="search"
        aria-label={label}
        placeholder="Search"
        maxLength={200}
        value={text}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape' || !text) return
          // Keeps an enclosing drawer open.
          event.preventDefault()
          onChange('')
        }}
        className={classes(inputLook, 'h-9 pl-9 text-base tablet:text-sm')}
        {...rest}
      />
    </div>
  )
}
