import { useEffect, useRef } from 'react'
import { readStored } from '../design/stored.ts'

export interface Shortcut {
  /** `KeyboardEvent.key`; `mod` is ⌘ on a Mac, Ctrl elsewhere. */
  key: string
  mod?: true
  shift?: true
  does: string
}

/** All keyboard shortcuts, as the dialog lists them. */
export const shortcuts = {
  'show-shortcuts': { key: '?', does: 'Show this list' },
  'new-conversation': { key: 'o', mod: true, shift: true, does: 'New conversation' },
  'search-conversations': { key: 'k', mod: true, does: 'Search conversations' },
  'focus-message': { key: 'Escape', shift: true, does: 'Write a message' },
  'toggle-tasks': { key: 'e', mod: true, shift: true, does: 'Show or hide the tasks' },
  'stop-answer': { key: '.', mod: true, does: 'Stop the answer' },
} as const satisfies Record<string, Shortcut>

/** Keys that work in the composer without handlers here. */
export const writingKeys = [
  { keys: ['Enter'], does: 'Send the message' },
  { keys: ['Shift', 'Enter'], does: 'Begin a new line' },
]

export type ShortcutName = keyof typeof shortcuts

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** Single-key shortcuts can conflict with speech input, so they can be switched off (WCAG 2.2, 2.1.4). */
export const singleKeys = 'single-keys'

/** Runs `act` on the shortcut, while the component is mounted. */
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
  // No shortcuts while a dialog is open.
  if (event.isComposing || event.altKey || document.querySelector('dialog[open]')) return false
  const isSingle = !mod && key.length === 1
  if (isSingle && (isTyping(event.target) || readStored(singleKeys) === 'off')) return false
  // Whether a character like ? needs Shift depends on the keyboard layout.
  const shiftFits = isSingle || event.shiftKey === (shift ?? false)
  const modFits = (isMac ? event.metaKey : event.ctrlKey) === (mod ?? false)
  return shiftFits && modFits && event.key.toLowerCase() === key.toLowerCase()
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
