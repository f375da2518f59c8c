import { useSyncExternalStore } from 'react'

const changes = new EventTarget()

/** A preference in the browser's storage, the same in every tab. `undefined` when nothing was chosen. */
export function useStored(name: string): [string | undefined, (value: string | undefined) => void] {
  const value = useSyncExternalStore(
    changed => {
      changes.addEventListener(name, changed)
      window.addEventListener('storage', changed)
      return () => {
        changes.removeEventListener(name, changed)
        window.removeEventListener('storage', changed)
      }
    },
    () => readStored(name),
  )
  return [value, next => store(name, next)]
}

export const readStored = (name: string): string | undefined =>
  localStorage.getItem(`colloquy.${name}`) ?? undefined

function store(name: string, value: string | undefined): void {
  if (value === undefined) localStorage.removeItem(`colloquy.${name}`)
  else localStorage.setItem(`colloquy.${name}`, value)
  changes.dispatchEvent(new Event(name))
}
