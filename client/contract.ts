import type { z } from 'zod'
import type { ErrorCode } from '../server/errors.ts'
import type * as chat from '../server/routes/chat-contract.ts'
import type * as conversations from '../server/routes/conversation-contract.ts'
import type * as messages from '../server/routes/message-contract.ts'
import type * as tasks from '../server/routes/task-contract.ts'
import type * as turns from '../server/routes/turn-schema.ts'

/** The server's schemas as types only: the client contains no server code at run time. */

export type { Part, TurnEvent } from '../server/turns/event.ts'
export type Answer = z.infer<typeof turns.outcomeSchema>
export type Turn = z.infer<typeof turns.turnSchema>
export type ToolCall = z.infer<typeof turns.toolCallSchema>

type Content = { content: { 'application/json': { schema: z.ZodType } } }
type Schema<C extends Content> = C['content']['application/json']['schema']
type Route = { request: object; responses: object }
type Given<R extends Route> = R['responses'] extends { 200: infer C extends Content }
  ? z.infer<Schema<C>>
  : never
type Body<R extends Route> = R['request'] extends { body: infer C extends Content }
  ? z.input<Schema<C>>
  : never
type Query<R extends Route> = R['request'] extends { query: infer Q extends z.ZodType } ? z.input<Q> : never

export type Conversation = Given<typeof conversations.read>
export type ConversationQuery = Query<typeof conversations.list>
export type ConversationChange = Body<typeof conversations.update>
export type Message = Given<typeof messages.list>[number]
export type MessageQuery = Query<typeof messages.list>
export type Task = Given<typeof tasks.read>
export type TaskQuery = Query<typeof tasks.list>
export type NewTask = Body<typeof tasks.create>
export type TaskChange = Body<typeof tasks.update>
export type IfBusy = Body<typeof chat.chat>['if_busy']

/** RFC 9457, as all errors of the server. `unknown`: a response not from our server, such as a proxy's. */
export type Problem = Record<'title' | 'detail', string> & {
  status: number
  code: ErrorCode | 'unknown'
} & Partial<Record<'conversation_id' | 'turn_id' | 'request_id', string>>
