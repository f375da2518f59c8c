import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { ClientNames } from '../store/external-ids.ts'
import type { Verdict } from '../store/tool-calls.ts'
import type { PostBody } from './ai-sdk-contract.ts'
import { messageText } from './chat-contract.ts'
import { checkCount, denialReason } from './give-verdicts.ts'
import { checkLength } from './message-text.ts'
import { readField } from './read-field.ts'

/** What a request asks for: a turn (without content: answer the message again), or verdicts on open questions. */
export type UiRequest =
  | {
      asks: 'turn'
      content: string | undefined
      message: string | undefined
      replaces: ClientNames['replaces']
    }
  | { asks: 'verdicts'; verdicts: Verdict[] }

/** The client posts everything it shows; the server owns the history and reads only the newest message. */
export function readUiRequest({ trigger, messageId, message, messages }: PostBody): UiRequest {
  const newest = message ?? messages ?? undefined
  const name = messageId ?? undefined
  if (trigger === 'regenerate-message') {
    const user = newest?.role === 'user' ? newest.id : undefined
    return { asks: 'turn', content: undefined, message: user, replaces: { by: 'regenerate', name } }
  }
  if (newest?.role === 'assistant') return { asks: 'verdicts', verdicts: verdictsIn(newest.parts) }
  if (newest?.role !== 'user') throw new AppError('invalid', 'message: must be of the user or the assistant')
  const content = textIn(newest.parts)
  const replaces = name === undefined ? undefined : { by: 'edit' as const, name }
  return { asks: 'turn', content, message: newest.id, replaces }
}

type Parts = NonNullable<PostBody['message']>['parts']

function textIn(parts: Parts): string {
  const other = parts.find(part => part.type !== 'text')
  if (other)
    throw new AppError('invalid', `message.parts: only text can be sent, not ${other.type.slice(0, 50)}`)
  const given = parts.map(part => part.text)
  const texts = readField(z.array(z.string('must be a text')), given, 'message.parts.text')
  return checkLength(readField(messageText, texts.join('\n\n'), 'message'))
}

/** Nothing else in an assistant message is trusted: the client could have written it. */
function verdictsIn(parts: Parts): Verdict[] {
  const verdicts = parts.flatMap(({ state, approval }) => {
    if (state !== 'approval-responded' || typeof approval !== 'object' || approval === null) return []
    const { id, approved, reason } = approval as Record<string, unknown> // any object can be read by property name
    if (typeof id !== 'string' || typeof approved !== 'boolean') return []
    return [
      { callId: id, approved, reason: readField(denialReason, reason, 'message.parts.approval.reason') },
    ]
  })
  checkCount(verdicts, 'message.parts: answers')
  if (verdicts.length === 0) throw new AppError('invalid', 'message: answers no question')
  return verdicts
}
