import { setTimeout as pause } from 'node:timers/promises'
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

interface Pace {
  delayMs: number
  signal: AbortSignal | undefined
}

/** Streams the parts with a pause before each piece of text, and stops at an abort even in the middle of one. */
export function streamOf(
  parts: LanguageModelV4StreamPart[],
  { delayMs, signal }: Pace,
): ReadableStream<LanguageModelV4StreamPart> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      try {
        const part = parts[at]
        signal?.throwIfAborted()
        if (part?.type === 'text-delta' && delayMs > 0)
          await pause(delayMs, undefined, signal ? { signal } : {})
        if (!part) return controller.close()
        controller.enqueue(part)
        at += 1
      } catch (error) {
        // The signal's own reason, not the timer's: the caller tells a cancel from a deadline by it.
        controller.error(signal?.aborted ? signal.reason : error)
      }
    },
  })
}
