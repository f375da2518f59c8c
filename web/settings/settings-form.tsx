import type { FormEvent, ReactNode } from 'react'
import { AccountProblem } from '../api/accounts.ts'
import { asProblem } from '../api/problem.ts'
import { Button } from '../design/button.tsx'

interface SettingsFormProps {
  children: ReactNode
  verb: string
  busy: boolean
  error: unknown
  /** The message shown after success. */
  done?: string | undefined
  onSubmit(): void
}

/** Fields, their errors, and the button that saves them. */
export function SettingsForm({ children, verb, busy, error, done, onSubmit }: SettingsFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) onSubmit()
  }
  return (
    <form onSubmit={submit} className="grid max-w-96 gap-4">
      {children}
      {error != null && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2.5 text-danger">
          {sentenceFor(error)}
        </p>
      )}
      <div className="flex items-center gap-3">
        <Button type="submit" busy={busy}>
          {verb}
        </Button>
        {done && <p className="text-good">{done}</p>}
      </div>
    </form>
  )
}

function sentenceFor(error: unknown): string {
  if (error instanceof AccountProblem) return error.message
  const { message, advice } = asProblem(error)
  return `${message} ${advice}`
}
