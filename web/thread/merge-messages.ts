import type { Message, MessagePage } from '../api/messages.ts'

export const isUnfinished = (message: Message | undefined): boolean =>
  message?.metadata?.status === 'running' || message?.metadata?.status === 'queued'

/**
 * What is shown when the newest page has come from the history. The history is right about what it has; before it stays what
 * was read earlier, where it still joins on; behind it what it cannot have yet: a message on its way, the answer that is
 * being streamed.
 */
export function mergeMessages(shown: Message[], { messages: page }: MessagePage, isLive: boolean): Message[] {
  const [first] = page
  const join = first ? shown.findIndex(message => message.id === first.id) : -1
  const known = new Map(shown.map(message => [message.id, message]))
  const live = isLive ? shown.at(-1) : undefined
  const fromPage = page.map(message =>
    message.id === live?.id ? live : unlessSame(known.get(message.id), message),
  )
  const ids = new Set(page.map(message => message.id))
  const ahead = isLive ? shown.filter(message => !ids.has(message.id) && isAhead(message, live)) : []
  return [...shown.slice(0, Math.max(0, join)), ...fromPage, ...ahead]
}

const isAhead = (message: Message, live: Message | undefined) =>
  message.metadata?.seq === undefined && (message.role === 'user' || message === live)

/** The object that is shown already, where nothing is new in it: then nothing is rendered anew. */
function unlessSame(shown: Message | undefined, read: Message): Message {
  return shown && JSON.stringify(shown) === JSON.stringify(read) ? shown : read
}
