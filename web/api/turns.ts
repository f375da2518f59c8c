import type { FeedbackValue, TurnStatus } from './messages.ts'
import { open, request } from './request.ts'

export interface Turn {
  id: string
  status: TurnStatus
  /** The person's message; null if there is none. */
  message: string | null
}

export type Resolution = 'retry' | 'mark_done' | 'skip'

export const listQueued = (conversationId: string): Promise<Turn[]> =>
  request(`/conversations/${conversationId}/turns`, { query: { status: 'queued', limit: 200 } })

/** Queues a message behind the running turn. It is accepted once the response begins; its events are not read here. */
export async function enqueueMessage(queued: {
  conversationId: string
  text: string
  /** Idempotency key: the same key means the same message. */
  key: string
  timeZone: string
}): Promise<void> {
  const response = await open('/chat', {
    method: 'POST',
    body: { message: queued.text, conversation_id: queued.conversationId, if_busy: 'enqueue' },
    headers: {
      accept: 'text/event-stream',
      'idempotency-key': queued.key,
      'x-time-zone': queued.timeZone,
    },
  })
  await response.body?.cancel()
}

export const changeQueued = (turnId: string, message: string): Promise<Turn> =>
  request(`/turns/${turnId}/message`, { method: 'PUT', body: { message } })

export const cancelTurn = (turnId: string): Promise<Turn> =>
  request(`/turns/${turnId}/cancellation`, { method: 'PUT' })

/** Stops the running turn; queued ones continue. */
export const stopAnswer = (conversationId: string): Promise<Turn | undefined> =>
  request(`/ai-sdk/${conversationId}/stop`, { method: 'POST' })

export const giveApproval = (callId: string, approved: boolean): Promise<Turn> =>
  request(`/tool-calls/${callId}/approval`, { method: 'PUT', body: { approved } })

export const resolveCall = (callId: string, resolution: Resolution): Promise<Turn> =>
  request(`/tool-calls/${callId}/resolution`, { method: 'PUT', body: { resolution } })

export const readVersion = (conversationId: string, turnId: string): Promise<void> =>
  request(`/conversations/${conversationId}/head`, { method: 'PUT', body: { turn_id: turnId } })

export const giveFeedback = (turnId: string, value: FeedbackValue): Promise<void> =>
  request(`/turns/${turnId}/feedback`, { method: 'PUT', body: { value } })

export const takeBackFeedback = (turnId: string): Promise<void> =>
  request(`/turns/${turnId}/feedback`, { method: 'DELETE' })
