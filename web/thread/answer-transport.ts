import type { ChatTransport, UIMessageChunk } from 'ai'
import type { Message, MessageMetadata } from '../api/messages.ts'
import { asProblem, Problem } from '../api/problem.ts'
import { open, type RequestOptions } from '../api/request.ts'
import { readEventFrames } from '../live/event-frames.ts'
import { pauseFor } from './pause.ts'

interface Line {
  /** Names the conversation: the server's id, or the page's own for one that has yet to begin. */
  name(): string
  timeZone(): string
  onReconnecting(reconnecting: boolean): void
  /** An answer begins: what was sent has been accepted. */
  onStart(about: MessageMetadata): void
  /** There is nothing to resume: what ran has ended. */
  onNothing(): void
}

/** The server beats every 15 seconds; this long without anything, the connection is dead though nobody said so. */
const silenceMs = 40_000

/**
 * The AI SDK's way to the server, for as long as it takes: a request that got no answer is made again with the same key, so
 * that it is the same message. What ends in the middle is for the conversation to resume.
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

/** Tries until there is an answer, whatever it says. */
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

/** No answer, or one by something in between that has lost the server. */
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
  // The network's own word that it is gone comes long before the silence tells.
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
