import { RunAgentInputSchema } from '@ag-ui/core/schemas'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Verdict } from '../store/tool-calls.ts'
import type { ClientContext } from '../turns/event.ts'
import { stepOfMessage } from '../wire/ag-ui-messages.ts'
import { storableText } from '../wire/text.ts'
import { messageText } from './chat-contract.ts'
import { clientName } from './contract.ts'
import { checkCount, denialReason } from './give-verdicts.ts'
import { checkLength } from './message-text.ts'
import { readField } from './read-field.ts'

type Input = z.infer<typeof RunAgentInputSchema>
type Message = Input['messages'][number]
type UserMessage = Extract<Message, { role: 'user' }>

export interface AgUiRequest {
  threadId: string
  runId: string
  isLegacy: boolean
  verdicts: Verdict[]
  /** The client's context entries, up to the size that is kept. */
  context: ClientContext[]
  /** The user's messages at the end of the list, oldest first. */
  newest: UserMessage[]
  /** The turn or message that these follow; undefined: there is nothing before them. */
  after: string | undefined
  /** Ids of the messages the client shows; a tool result has the id that it has here. */
  has: Set<string>
}

/**
 * A client posts everything it shows, possibly in an older or newer form than ours: fields that are not read here are
 * not validated.
 */
export function readRun(body: Record<string, unknown>): AgUiRequest {
  const parsed = RunAgentInputSchema.safeParse(tolerated(body))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new AppError('invalid', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { threadId, runId, protocolVersion, messages, resume, context } = parsed.data
  if (protocolVersion !== undefined && !/^[01]\./.test(protocolVersion))
    throw new AppError('invalid', `protocolVersion: 1.0 is spoken here, not ${protocolVersion.slice(0, 20)}`)
  const isOfUser = (message: Message): message is UserMessage => message.role === 'user'
  const before = messages.findLastIndex(message => !isOfUser(message))
  const last = messages
    .slice(0, before + 1)
    .findLast(message => isOfUser(message) || message.role === 'assistant')
  const newest = messages.slice(before + 1).filter(isOfUser)
  checkCount(newest, 'messages: new ones')
  checkCount(resume ?? [], 'resume')
  for (const { id } of [...newest, ...(last ? [last] : [])]) checkName(id)
  return {
    threadId,
    runId,
    isLegacy: protocolVersion === undefined,
    verdicts: (resume ?? []).map(verdictOf),
    context: readContext(context ?? []),
    newest,
    after: last && (stepOfMessage(last.id)?.turnId ?? last.id),
    has: new Set(
      messages.map(message => (message.role === 'tool' ? `${message.toolCallId}:result` : message.id)),
    ),
  }
}

const clientContext = z.array(z.object({ description: storableText(), value: storableText() }))
/** For all entries together, with their wrapping; sent to the model with every step of the turn. */
const maxContextCharacters = 16_000
const aroundEntry = 40

/** Keeps whole entries in the client's order while there is room; the model is told if some were omitted. */
function readContext(given: unknown): ClientContext[] {
  const entries = readField(clientContext, given, 'context')
  let room = maxContextCharacters
  const kept = entries.filter(({ description, value }) => {
    const size = description.length + value.length + aroundEntry
    if (size > room) return false
    room -= size
    return true
  })
  const count = entries.length - kept.length
  if (count === 0) return kept
  const value = `${count} ${count === 1 ? 'entry was' : 'entries were'} left out: there was no room`
  return [...kept, { description: 'More', value }]
}

/** Only ids that are looked up and stored are checked; the others are merely compared. */
const checkName = (id: string) => readField(clientName, id, 'messages.id')

type Entry = NonNullable<Input['resume']>[number]

function verdictOf({ interruptId, status, payload }: Entry): Verdict {
  if (status === 'cancelled') return { callId: interruptId, approved: false }
  const approved = payload?.approved
  if (typeof approved !== 'boolean')
    throw new AppError('invalid', 'resume.payload.approved: must be true or false')
  return {
    callId: interruptId,
    approved,
    reason: readField(denialReason, payload?.reason, 'resume.payload.reason'),
  }
}

/** The text of several new messages as one. */
export function textOfMessages(messages: readonly UserMessage[]): string {
  const text = messages.map(({ content }) => textOfContent(content)).join('\n\n')
  return checkLength(readField(messageText, text, 'messages'))
}

function textOfContent(content: UserMessage['content']): string {
  if (typeof content === 'string') return content
  return content
    .map(part => {
      if (part.type === 'text') return part.text
      throw new AppError('invalid', `messages: only text can be sent, not ${part.type}`)
    })
    .join('\n')
}

const knownParts = new Set(['text', 'image', 'audio', 'video', 'document'])

/** Removes what the standard tolerates but its schema rejects: null for absent, parts of unknown kinds. */
function tolerated(body: Record<string, unknown>): object {
  const { threadId, runId, protocolVersion, messages, resume, context } = body
  return present({
    context,
    threadId,
    runId,
    protocolVersion,
    messages: Array.isArray(messages) ? messages.map(message => toleratedMessage(message)) : messages,
    resume: Array.isArray(resume) ? resume.map(entry => present(entry)) : resume,
  })
}

function toleratedMessage(message: unknown): unknown {
  const { content, ...rest } = present(message) as { content?: unknown } // any type: the schema validates it afterwards
  if (!Array.isArray(content)) return content === undefined ? rest : { content, ...rest }
  return { ...rest, content: content.filter(part => knownParts.has(part?.type)) }
}

const present = (value: unknown): object =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
      )
    : Object(value)
