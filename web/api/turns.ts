import type { FeedbackValue, TurnStatus } from './messages.ts'
import { open, request } from './request.ts'

export interface Turn {
  id: string
  status: TurnStatus
  /** What the person said; null where nobody did. */
  message: string | null
}

export type Resolution = 'retry' | 'mark_done' | 'skip'

export const listQueued = (conversationId: string): Promise<Turn[]> =>
  request(`/conversations/${conversationId}/turns`, { query: { status: 'queued', limit: 200 } })

/** Says something behind the turn that runs. It is accepted when the answer begins; nobody listens to it here. */
export async function enqueueMessage(queued: {
  conversationId: string
  text: string
  /** The same key again is the same message. */
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

/** Stops what runs; what waits behind it goes on. */
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
