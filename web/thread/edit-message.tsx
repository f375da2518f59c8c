import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../design/button.tsx'
import { GrowingTextarea } from './growing-textarea.tsx'
import { MessageLength } from './message-length.tsx'
import { lengthOf, maxMessageLength } from './message-text.ts'

interface EditMessageProps {
  text: string
  label: string
  verb: string
  onSave(text: string): void
  onEnd(): void
  /** The message left its place before the edit ended; receives what had been written. */
  onOvertaken?(text: string): void
}

/** Edits a message in place. Enter saves, Escape cancels. */
export function EditMessage({ text: before, label, verb, onSave, onEnd, onOvertaken }: EditMessageProps) {
  const [text, setText] = useState(before)
  const canSave = text.trim() !== '' && lengthOf(text.trim()) <= maxMessageLength
  const unsaved = useRef<() => void>(undefined)
  unsaved.current = () => onOvertaken?.(text)
  useEffect(() => () => unsaved.current?.(), [])
  const end = () => {
    unsaved.current = undefined
    onEnd()
  }
  const save = () => {
    if (!canSave) return
    onSave(text.trim())
    end()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') end()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    save()
  }
  return (
    <form
      className="grid w-full grid-cols-1 gap-2 rounded-xl border border-edge bg-surface p-3 focus-within:border-accent"
      onSubmit={event => {
        event.preventDefault()
        save()
      }}
    >
      <GrowingTextarea
        aria-label={label}
        autoFocus
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="max-h-80 px-1"
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <MessageLength text={text} />
        <Button onClick={end}>Cancel</Button>
        <Button look="primary" type="submit" disabled={!canSave}>
          {verb}
        </Button>
      </div>
    </form>
  )
}
