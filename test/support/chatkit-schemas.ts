import { z } from 'zod'

/**
 * ChatKit's objects as the reference server writes them: exactly these members, none of them null; optional ones are
 * omitted. Written from the protocol, not from our encoder.
 */

const time = z.iso.datetime()
const id = z.string().min(1)
const empty = z.strictObject({})

const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.union([
    z.strictObject({ data: z.array(row), has_more: z.literal(false) }),
    z.strictObject({ data: z.array(row), has_more: z.literal(true), after: id }),
  ])

const outputText = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.never()),
})

const indicator = z.enum(['none', 'loading', 'complete'])
const task = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('custom'),
    title: z.string().optional(),
    content: z.string().optional(),
    status_indicator: indicator,
  }),
  z.strictObject({ type: z.literal('thought'), content: z.string(), status_indicator: indicator }),
])

const action = z.strictObject({
  label: z.string(),
  action: z.strictObject({
    type: z.string(),
    payload: z.record(z.string(), z.json()),
    handler: z.literal('server'),
    loadingBehavior: z.literal('auto'),
    streaming: z.boolean(),
  }),
})

/** Only the widget components that this server sends. */
const card = z.strictObject({
  type: z.literal('Card'),
  children: z.array(z.strictObject({ type: z.enum(['Text', 'Caption']), value: z.string() })),
  confirm: action.optional(),
  cancel: action.optional(),
})

const ofThread = { id, thread_id: id, created_at: time }

const itemSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...ofThread,
    type: z.literal('user_message'),
    content: z.array(z.strictObject({ type: z.literal('input_text'), text: z.string() })),
    attachments: z.array(z.never()),
    inference_options: empty,
  }),
  z.strictObject({ ...ofThread, type: z.literal('assistant_message'), content: z.array(outputText) }),
  z.strictObject({
    ...ofThread,
    type: z.literal('workflow'),
    workflow: z.strictObject({
      type: z.enum(['custom', 'reasoning']),
      tasks: z.array(task),
      expanded: z.boolean(),
    }),
  }),
  z.strictObject({ ...ofThread, type: z.literal('widget'), widget: card }),
])

export const itemPageSchema = pageOf(itemSchema)

export const threadSchema = z.strictObject({
  id,
  title: z.string().optional(),
  created_at: time,
  status: z.strictObject({ type: z.literal('active') }),
  metadata: empty,
  items: itemPageSchema,
})

export const threadPageSchema = pageOf(threadSchema)

const part = (type: 'added' | 'done') =>
  z.strictObject({
    type: z.literal(`assistant_message.content_part.${type}`),
    content_index: z.int(),
    content: outputText,
  })
const tasked = (type: 'added' | 'updated') =>
  z.strictObject({ type: z.literal(`workflow.task.${type}`), task_index: z.int(), task })

const updateSchema = z.discriminatedUnion('type', [
  part('added'),
  part('done'),
  z.strictObject({
    type: z.literal('assistant_message.content_part.text_delta'),
    content_index: z.int(),
    delta: z.string().min(1),
  }),
  tasked('added'),
  tasked('updated'),
])

export const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['thread.created', 'thread.updated']), thread: threadSchema }),
  z.strictObject({
    type: z.enum(['thread.item.added', 'thread.item.done', 'thread.item.replaced']),
    item: itemSchema,
  }),
  z.strictObject({ type: z.literal('thread.item.updated'), item_id: id, update: updateSchema }),
  z.strictObject({ type: z.literal('thread.item.removed'), item_id: id }),
  z.strictObject({
    type: z.literal('stream_options'),
    stream_options: z.strictObject({ allow_cancel: z.boolean() }),
  }),
  z.strictObject({ type: z.literal('progress_update'), text: z.string() }),
  z.strictObject({
    type: z.literal('notice'),
    level: z.enum(['info', 'warning', 'danger']),
    message: z.string(),
  }),
  z.strictObject({
    type: z.literal('error'),
    code: z.enum(['custom', 'stream.error']),
    message: z.string().optional(),
    allow_retry: z.boolean(),
  }),
])

export type ChatKitEvent = z.infer<typeof eventSchema>
export type ChatKitItem = z.infer<typeof itemSchema>
export type ChatKitThread = z.infer<typeof threadSchema>
