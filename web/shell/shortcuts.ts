import { useEffect, useRef } from 'react'
import { readStored } from '../design/stored.ts'

export interface Shortcut {
  /** The name of the key as KeyboardEvent has it, or the letter on it; `mod` is ⌘ on a Mac, Ctrl elsewhere. */
  key: string
  mod?: true
  shift?: true
  does: string
}

/** Everything the keyboard does, as the dialog lists it. */
export const shortcuts = {
  'show-shortcuts': { key: '?', does: 'Show this list' },
  'new-conversation': { key: 'o', mod: true, shift: true, does: 'New conversation' },
  'search-conversations': { key: 'k', mod: true, does: 'Search conversations' },
  'focus-message': { key: 'Escape', shift: true, does: 'Write a message' },
  'toggle-tasks': { key: 'e', mod: true, shift: true, does: 'Show or hide the tasks' },
  'stop-answer': { key: '.', mod: true, does: 'Stop the answer' },
} as const satisfies Record<string, Shortcut>

/** What works inside the composer and needs no handler of its own. */
export const writingKeys = [
  { keys: ['Enter'], does: 'Send the message' },
  { keys: ['Shift', 'Enter'], does: 'Begin a new line' },
]

export type ShortcutName = keyof typeof shortcuts

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** Single keys can get in the way of speech input; they can be switched off (WCAG 2.2, 2.1.4). */
export const singleKeys = 'single-keys'

/** Runs `act` when the shortcut's keys are pressed, while the component is there. */
export function useShortcut(name: ShortcutName, act: () => void): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!matches(shortcuts[name], event)) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [name])
}

export const keysOf = ({ key, mod, shift }: Shortcut): string[] => [
  ...(mod ? [isMac ? '⌘' : 'Ctrl'] : []),
  ...(shift ? ['Shift'] : []),
  key === 'Escape' ? 'Esc' : key.toUpperCase(),
]

function matches({ key, mod, shift }: Shortcut, event: KeyboardEvent): boolean {
  // A dialog has the keyboard to itself.
  if (event.isComposing || event.altKey || document.querySelector('dialog[open]')) return false
  const isSingle = !mod && key.length === 1
  if (isSingle && (isTyping(event.target) || readStored(singleKeys) === 'off')) return false
  // Which keys make a character like ? depends on the keyboard.
  const shiftFits = isSingle || event.shiftKey === (shift ?? false)
  const modFits = (isMac ? event.metaKey : event.ctrlKey) === (mod ?? false)
  return shiftFits && modFits && event.key.toLowerCase() === key.toLowerCase()
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
