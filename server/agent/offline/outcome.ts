import { type Fields, isFields } from './task.ts'

/** What became of a tool call, as the prompt tells it. `approved` means: it was carried out under another id. */
export type Outcome =
  | { is: 'done'; value: Fields }
  | { is: 'failed'; error: string; notFound: boolean }
  | { is: 'denied' }
  | { is: 'approved' }
  | { is: 'waiting' }

const failure = (error: string, code?: unknown): Outcome => ({
  is: 'failed',
  error,
  notFound: code === 'task_not_found' || /not found|no such task/i.test(error),
})

function ofValue(value: unknown, failed: boolean): Outcome {
  if (!isFields(value)) return failed ? failure(String(value)) : { is: 'done', value: {} }
  if (failed || 'error' in value) return failure(String(value.error ?? value.message ?? ''), value.code)
  if (value.status === 'approved') return { is: 'approved' }
  if (value.status === 'denied' || value.status === 'dropped') return { is: 'denied' }
  return { is: 'done', value }
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Reads the output of a tool-result part, whatever provider or fault wrote it. */
export function readOutcome(output: unknown): Outcome {
  if (!isFields(output)) return { is: 'waiting' }
  if (output.type === 'execution-denied') return { is: 'denied' }
  if (output.type === 'error-text' || output.type === 'error-json') return ofValue(parsed(output.value), true)
  return ofValue(parsed(output.value), false)
}
