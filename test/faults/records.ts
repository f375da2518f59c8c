import type { World } from './world.ts'

/** Everything the database holds about one user, read by a superuser without row-level security. */
export interface Records {
  conversations: ConversationRow[]
  turns: TurnRow[]
  messages: MessageRow[]
  calls: CallRow[]
  tasks: { id: number; title: string }[]
  keys: { key: string; turn_id: string }[]
}

export interface ConversationRow {
  id: string
  last_turn: number
  head_turn: string | null
  active_turn: string | null
  awaiting_turn: string | null
}

export interface TurnRow {
  id: string
  conversation_id: string
  turn_no: number
  parent_turn: string | null
  live: boolean
  status: string
  owner: string | null
  epoch: number
  attempts: number
  parts: unknown
  started_at: Date | null
  finished_at: Date | null
  error: unknown
}

export interface MessageRow {
  conversation_id: string
  seq: number
  turn_id: string
  role: string
  status: string | null
  content: string
  live: boolean
}

export interface CallRow {
  id: string
  turn_id: string
  step: number
  position: number
  name: string
  arguments: Record<string, unknown>
  result: Record<string, unknown> | null
  status: string
  continues: string | null
}

export async function readRecords({ sql }: World, userId: string): Promise<Records> {
  const all = <Row>(table: string, order: string) =>
    sql.query<Row>(`select * from colloquy.${table} where user_id = $1 order by ${order}`, [userId])
  const [conversations, turns, messages, calls, tasks, keys] = await Promise.all([
    all<ConversationRow>('conversations', 'id'),
    all<TurnRow>('turns', 'conversation_id, turn_no'),
    all<MessageRow>('messages', 'conversation_id, seq'),
    all<CallRow>('tool_calls', 'turn_id, step, position'),
    all<Records['tasks'][number]>('tasks', 'id'),
    all<Records['keys'][number]>('idempotency_keys', 'key'),
  ])
  return { conversations, turns, messages, calls, tasks, keys }
}
