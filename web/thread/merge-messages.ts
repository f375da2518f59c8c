import type { Message, MessagePage } from '../api/messages.ts'

export const isUnfinished = (message: Message | undefined): boolean =>
  message?.metadata?.status === 'running' || message?.metadata?.status === 'queued'

/**
 * Merges the newest page of the history into what is shown. The history wins for the messages it contains. Before them,
 * earlier messages stay if they still join on; after them stays what it cannot contain yet: a message being sent, the
 * answer being streamed.
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

/** Returns the object already shown if nothing changed, so that nothing re-renders. */
function unlessSame(shown: Message | undefined, read: Message): Message {
  return shown && JSON.stringify(shown) === JSON.stringify(read) ? shown : read
}
