import type { ChatTransport, UIMessageChunk } from 'ai'
import type { Message, MessageMetadata } from '../api/messages.ts'
import { asProblem, Problem } from '../api/problem.ts'
import { open, type RequestOptions } from '../api/request.ts'
import { readEventFrames } from '../live/event-frames.ts'
import { pauseFor } from './pause.ts'

interface Line {
  /** The conversation's id: the server's, or the page's own for one that has not begun yet. */
  name(): string
  timeZone(): string
  onReconnecting(reconnecting: boolean): void
  /** An answer starts, so the message has been accepted. */
  onStart(about: MessageMetadata): void
  /** There is nothing to resume: the turn has ended. */
  onNothing(): void
}

/** The server sends a heartbeat every 15 seconds; after this long without data the connection is considered dead. */
const silenceMs = 40_000

/**
 * The AI SDK's transport. A request without a response is retried with the same idempotency key for as long as it
 * takes, so that it remains one message. A stream cut in the middle is resumed by the conversation.
 */
export function answerTransport(line: Line): ChatTransport<Message> {
  const { name, timeZone, onReconnecting } = line
  const ask = async (path: string, options: RequestOptions) => {
    const lost = new AbortController()
    const { signal: leaving } = options
    const signal = leaving ? AbortSignal.any([leaving, lost.signal]) : lost.signal
    const response = await persist(() => open(path, { ...options, signal }), leaving, onReconnecting)
    onReconnecting(false)
    if (response.status !== 204 && response.body) return chunksOf(response.body, lost, line.onStart)
    line.onNothing()
    return null
  }
  return {
    resumeStreamIsReplay: true,

    async sendMessages({ messages, trigger, messageId, body, abortSignal }) {
      const message = messages.at(-1)
      const said = message && { id: message.id, role: message.role, parts: message.parts }
      const stream = await ask('/ai-sdk', {
        method: 'POST',
        body: { id: name(), trigger, messageId, message: said, ...body },
        headers: { 'x-time-zone': timeZone() },
        signal: abortSignal,
      })
      if (!stream) throw new Problem('unreadable', 204)
      return stream
    },

    reconnectToStream: ({ abortSignal }) =>
      ask(`/ai-sdk/${encodeURIComponent(name())}/stream`, { signal: abortSignal }),
  }
}

/** Retries until there is a response, whatever it says. */
export async function persist<Answer>(
  attempt: () => Promise<Answer>,
  leaving: AbortSignal | undefined,
  onReconnecting: (reconnecting: boolean) => void,
): Promise<Answer> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (leaving?.aborted || !isLostConnection(error)) throw error
      onReconnecting(true)
      await pauseFor(failures, leaving)
      leaving?.throwIfAborted()
    }
  }
}

/** No response, or one from an intermediary that cannot reach the server. */
export function isLostConnection(error: unknown): boolean {
  const { code, status } = asProblem(error)
  return code === 'offline' || (code === 'unreadable' && status >= 502)
}

function chunksOf(
  body: ReadableStream<Uint8Array>,
  lost: AbortController,
  onStart: (about: MessageMetadata) => void,
): ReadableStream<UIMessageChunk> {
  const giveUp = () => lost.abort(new Problem('offline', 0))
  let silence = setTimeout(giveUp, silenceMs)
  const heard = () => {
    clearTimeout(silence)
    silence = setTimeout(giveUp, silenceMs)
  }
  // The browser reports a lost network long before the silence limit.
  window.addEventListener('offline', giveUp)
  const end = () => {
    clearTimeout(silence)
    window.removeEventListener('offline', giveUp)
  }
  const frames = readEventFrames(body, heard)
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value: frame } = await frames.next()
        if (frame && frame.data !== '[DONE]') {
          const chunk: UIMessageChunk<MessageMetadata> = JSON.parse(frame.data)
          if (chunk.type === 'start') onStart(chunk.messageMetadata ?? {})
          return controller.enqueue(chunk)
        }
        end()
        controller.close()
      } catch (cause) {
        end()
        controller.error(new Problem('offline', 0, { detail: String(cause) }))
      }
    },
    cancel() {
      end()
      lost.abort()
    },
  })
}
