import { sql } from 'drizzle-orm'
import { bigint, boolean, customType, integer, pgSchema, text, uuid } from 'drizzle-orm/pg-core'
import type { ErrorCode } from '../errors.ts'
import type { Json, StoredUsage, ToolCallStatus, TurnStatus, Usage } from '../turns/event.ts'

/** Typed mirror of the migrated tables; a test compares the two. Their purposes: migrations/0001-schema.sql. */

const colloquy = pgSchema('colloquy')

/** An instant. Postgres's format is almost ISO 8601, but Date parses every year correctly only in the exact format. */
const at = customType<{ data: Date; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: value => value.toISOString(),
  fromDriver: text => new Date(text.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00')),
})

const now = sql`now()`

/** An array of texts without nulls. One driver returns arrays unparsed, and drizzle's parser loses backslashes. */
const texts = customType<{ data: string[]; driverData: string | string[] }>({
  dataType: () => 'text[]',
  toDriver: list => `{${list.map(item => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`,
  fromDriver: list => (typeof list === 'string' ? readTexts(list) : list),
})

const readTexts = (literal: string) =>
  [...literal.matchAll(/"((?:[^"\\]|\\.)*)"|[^{},]+/gs)].map(
    ([plain, quoted]) => quoted?.replace(/\\(.)/gs, '$1') ?? plain,
  )

/** jsonb as already parsed by the drivers; drizzle's own type would parse strings a second time. */
const json = <T = Json>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'jsonb',
    toDriver: value => JSON.stringify(value),
  })(name)

export const conversations = colloquy.table('conversations', {
  userId: text('user_id').notNull(),
  id: uuid('id').notNull(),
  title: text('title').notNull(),
  lastTurn: integer('last_turn').notNull().default(0),
  headTurn: uuid('head_turn'),
  activeTurn: uuid('active_turn'),
  awaitingTurn: uuid('awaiting_turn'),
  archivedAt: at('archived_at'),
  createdAt: at('created_at').notNull().default(now),
  updatedAt: at('updated_at').notNull().default(now),
})

export const turns = colloquy.table('turns', {
  userId: text('user_id').notNull(),
  id: uuid('id').notNull(),
  conversationId: uuid('conversation_id').notNull(),
  turnNo: integer('turn_no').notNull(),
  parentTurn: uuid('parent_turn'),
  live: boolean('live').notNull(),
  status: text('status').$type<TurnStatus>().notNull(),
  owner: uuid('owner'),
  epoch: integer('epoch').notNull().default(1),
  attempts: integer('attempts').notNull().default(0),
  progress: integer('progress').notNull().default(0),
  cancelRequestedAt: at('cancel_requested_at'),
  context: json('context').notNull(),
  parts: json('parts'),
  usage: json<StoredUsage>('usage'),
  error: json<{ code: ErrorCode; detail: string }>('error'),
  createdAt: at('created_at').notNull().default(now),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
  kind: text('kind').$type<'chat' | 'reminder' | 'summary'>().notNull().default('chat'),
})

export const messages = colloquy.table('messages', {
  userId: text('user_id').notNull(),
  conversationId: uuid('conversation_id').notNull(),
  seq: integer('seq').notNull(),
  id: uuid('id').notNull(),
  turnId: uuid('turn_id').notNull(),
  role: text('role').$type<'user' | 'assistant'>().notNull(),
  status: text('status').$type<'awaiting_approval' | 'completed' | 'failed' | 'cancelled'>(),
  content: text('content').notNull(),
  parts: json('parts'),
  live: boolean('live').notNull(),
  createdAt: at('created_at').notNull().default(now),
  clientId: text('client_id'),
})

export const toolCalls = colloquy.table('tool_calls', {
  userId: text('user_id').notNull(),
  turnId: uuid('turn_id').notNull(),
  step: integer('step').notNull(),
  position: integer('position').notNull(),
  id: uuid('id').notNull(),
  providerCallId: text('provider_call_id').notNull(),
  name: text('name').notNull(),
  arguments: json('arguments').notNull(),
  result: json('result'),
  status: text('status').$type<ToolCallStatus>().notNull(),
  effect: text('effect').$type<'none' | 'transaction' | 'external'>().notNull(),
  continues: uuid('continues'),
  startedAt: at('started_at'),
  finishedAt: at('finished_at'),
})

export const idempotencyKeys = colloquy.table('idempotency_keys', {
  userId: text('user_id').notNull(),
  key: text('key').notNull(),
  turnId: uuid('turn_id'),
  requestHash: text('request_hash').notNull(),
  createdAt: at('created_at').notNull().default(now),
  result: json<Json>('result'),
})

export const externalIds = colloquy.table('external_ids', {
  userId: text('user_id').notNull(),
  externalId: text('external_id').notNull(),
  conversationId: uuid('conversation_id').notNull(),
  createdAt: at('created_at').notNull().default(now),
})

export const turnDeltas = colloquy.table('turn_deltas', {
  userId: text('user_id').notNull(),
  turnId: uuid('turn_id').notNull(),
  epoch: integer('epoch').notNull(),
  seq: integer('seq').notNull(),
  step: integer('step').notNull(),
  part: integer('part').notNull(),
  kind: text('kind').$type<'text' | 'reasoning'>().notNull(),
  delta: text('delta').notNull(),
  createdAt: at('created_at').notNull().default(now),
})

export const taskCounters = colloquy.table('task_counters', {
  userId: text('user_id').notNull(),
  lastTaskId: integer('last_task_id').notNull(),
})

export const tasks = colloquy.table('tasks', {
  userId: text('user_id').notNull(),
  id: integer('id').notNull(),
  title: text('title').notNull(),
  description: text('description'),
  priority: text('priority').$type<'low' | 'medium' | 'high'>().notNull().default('medium'),
  tags: texts('tags').notNull().default([]),
  dueDate: at('due_date'),
  recurrence: text('recurrence').$type<'daily' | 'weekly' | 'monthly'>(),
  anchorDay: integer('anchor_day'),
  timeZone: text('time_zone').notNull().default('UTC'),
  nextTaskId: integer('next_task_id'),
  createdAt: at('created_at').notNull().default(now),
  updatedAt: at('updated_at').notNull().default(now),
  completedAt: at('completed_at'),
})

export const instances = colloquy.table('instances', {
  id: uuid('id').notNull(),
  leaseUntil: at('lease_until').notNull(),
})

export const feedback = colloquy.table('feedback', {
  userId: text('user_id').notNull(),
  turnId: uuid('turn_id').notNull(),
  value: text('value').$type<'positive' | 'negative'>().notNull(),
  comment: text('comment'),
  createdAt: at('created_at').notNull().default(now),
})

export const summaries = colloquy.table('summaries', {
  userId: text('user_id').notNull(),
  conversationId: uuid('conversation_id').notNull(),
  number: integer('number').notNull(),
  coversUntil: integer('covers_until').notNull(),
  lastTurn: uuid('last_turn').notNull(),
  content: text('content').notNull(),
  model: text('model').notNull(),
  usage: json<Usage>('usage').notNull(),
  createdAt: at('created_at').notNull().default(now),
})

export const erasedUsers = colloquy.table('erased_users', {
  userId: text('user_id').notNull(),
  erasedAt: at('erased_at').notNull().default(now),
  finishedAt: at('finished_at'),
})

export const userSettings = colloquy.table('user_settings', {
  userId: text('user_id').notNull(),
  timeZone: text('time_zone'),
  locale: text('locale'),
  updatedAt: at('updated_at').notNull().default(now),
})

export const reminders = colloquy.table('reminders', {
  userId: text('user_id').notNull(),
  id: uuid('id').notNull(),
  taskId: integer('task_id').notNull(),
  conversationId: uuid('conversation_id'),
  minutesBefore: integer('minutes_before'),
  remindAt: at('remind_at').notNull(),
  timeZone: text('time_zone'),
  locale: text('locale'),
  status: text('status').$type<'scheduled' | 'fired' | 'cancelled'>().notNull().default('scheduled'),
  late: boolean('late').notNull().default(false),
  firedAt: at('fired_at'),
  turnId: uuid('turn_id'),
  createdAt: at('created_at').notNull().default(now),
})

export const turnCounters = colloquy.table('turn_counters', {
  userId: text('user_id').notNull(),
  minute: at('minute').notNull(),
  turns: integer('turns').notNull(),
})

export const usage = colloquy.table('usage', {
  userId: text('user_id').notNull(),
  hour: at('hour').notNull(),
  model: text('model').notNull(),
  turns: integer('turns').notNull(),
  inputTokens: bigint('input_tokens', { mode: 'number' }).notNull(),
  outputTokens: bigint('output_tokens', { mode: 'number' }).notNull(),
})

export const userChanges = colloquy.table('user_changes', {
  userId: text('user_id').notNull(),
  tasks: bigint('tasks', { mode: 'number' }).notNull().default(0),
  deletedConversations: bigint('deleted_conversations', { mode: 'number' }).notNull().default(0),
})
