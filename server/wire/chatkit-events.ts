import type { ChatKitItem, ChatKitTask, ChatKitText, ChatKitThread } from './chatkit-items.ts'

/** The ChatKit stream events that this server sends. */
export type ChatKitEvent =
  | { type: 'thread.created' | 'thread.updated'; thread: ChatKitThread }
  | { type: 'thread.item.added' | 'thread.item.done' | 'thread.item.replaced'; item: ChatKitItem }
  | { type: 'thread.item.updated'; item_id: string; update: ChatKitUpdate }
  | { type: 'thread.item.removed'; item_id: string }
  | { type: 'stream_options'; stream_options: { allow_cancel: false } }
  | { type: 'progress_update'; text: string }
  | { type: 'notice'; level: 'info'; message: string }
  | { type: 'error'; code: 'custom' | 'stream.error'; message: string; allow_retry: boolean }

type ChatKitUpdate =
  | {
      type: 'assistant_message.content_part.added' | 'assistant_message.content_part.done'
      content_index: 0
      content: ChatKitText
    }
  | { type: 'assistant_message.content_part.text_delta'; content_index: 0; delta: string }
  | { type: 'workflow.task.added' | 'workflow.task.updated'; task_index: number; task: ChatKitTask }

export const chatKitFrame = (event: ChatKitEvent) => `data: ${JSON.stringify(event)}\n\n`

/** The protocol cannot cancel: its Stop button only closes the connection, and the answer continues. */
export const streamOptions: ChatKitEvent = {
  type: 'stream_options',
  stream_options: { allow_cancel: false },
}

export const refusal = (message: string): ChatKitEvent => ({
  type: 'error',
  code: 'custom',
  message,
  allow_retry: false,
})

/** The answer continues without this connection; a retry would start another one. */
export const chatKitOverflowFrame: Uint8Array = new TextEncoder().encode(
  chatKitFrame({
    type: 'error',
    code: 'stream.error',
    message: 'The connection fell behind; open the conversation again',
    allow_retry: false,
  }),
)

/** The events that bring a client from the items `before` to the items `after`. */
export function settlingEvents(
  before: readonly ChatKitItem[],
  after: readonly ChatKitItem[],
): ChatKitEvent[] {
  const now = new Map(after.map(item => [item.id, item]))
  return before.flatMap((item): ChatKitEvent[] => {
    const became = now.get(item.id)
    if (!became) return [{ type: 'thread.item.removed', item_id: item.id }]
    const isSame = JSON.stringify(became) === JSON.stringify(item)
    return isSame ? [] : [{ type: 'thread.item.replaced', item: became }]
  })
}
