import type { Block, Script } from './replay-answers.ts'

/** Encodes one script in each provider's API, as server-sent events. */
export const encodings: Record<string, (script: Script) => string> = {
  '/responses': encodeResponses,
  '/chat/completions': encodeChat,
  '/messages': encodeMessages,
}

/** Matches events that carry a piece of the answer: what tests count when they hold or cut a stream. */
const delta = new RegExp(
  [
    '"type":"response\\.(output_text|reasoning_summary_text|function_call_arguments)\\.delta"',
    '"type":"content_block_delta"',
    '"delta":\\{[^}]*"(content|reasoning|reasoning_content)":"[^"]',
    '"arguments":"[^"]',
  ].join('|'),
)

export const isDelta = (frame: string) =>
  delta.test(frame) && !frame.includes('.done"') && !frame.includes('signature_delta')

export const framesOf = (body: string): string[] =>
  body
    .split('\n\n')
    .filter(frame => frame.trim() !== '')
    .map(frame => `${frame}\n\n`)

type Data = Record<string, unknown>

const typed = (events: Data[]) =>
  events.map(data => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join('')

function encodeResponses({ blocks, usage }: Script): string {
  const response = { id: 'resp_1', object: 'response', created_at: 1_790_000_000, model: 'gpt-replay' }
  const items = blocks.flatMap(responseItem)
  const counted = {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  }
  return typed(
    [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [], usage: null } },
      {
        type: 'response.in_progress',
        response: { ...response, status: 'in_progress', output: [], usage: null },
      },
      ...items,
      {
        type: 'response.completed',
        response: { ...response, status: 'completed', output: [], usage: counted },
      },
    ].map((event, sequence_number) => ({ ...event, sequence_number })),
  )
}

function responseItem(block: Block, output_index: number): Data[] {
  if (block.type === 'text') return responseMessage(block.deltas, output_index)
  if (block.type === 'reasoning') return responseReasoning(block, output_index)
  const whole = block.argumentDeltas.join('')
  const item = { id: `fc_${output_index}`, type: 'function_call', call_id: block.id, name: block.name }
  const at = { item_id: item.id, output_index }
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', arguments: '' },
    },
    ...block.argumentDeltas.map(d => ({ type: 'response.function_call_arguments.delta', ...at, delta: d })),
    { type: 'response.function_call_arguments.done', ...at, arguments: whole },
    {
      type: 'response.output_item.done',
      output_index,
      item: { ...item, status: 'completed', arguments: whole },
    },
  ]
}

function responseMessage(deltas: string[], output_index: number): Data[] {
  const item = { id: `msg_${output_index}`, type: 'message', role: 'assistant' }
  const at = { item_id: item.id, output_index, content_index: 0 }
  const part = { type: 'output_text', annotations: [], logprobs: [], text: deltas.join('') }
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...deltas.map(d => ({ type: 'response.output_text.delta', ...at, delta: d, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    {
      type: 'response.output_item.done',
      output_index,
      item: { ...item, status: 'completed', content: [part] },
    },
  ]
}

function responseReasoning(
  { deltas, signature }: Extract<Block, { type: 'reasoning' }>,
  output_index: number,
): Data[] {
  const item = { id: `rs_${output_index}`, type: 'reasoning', encrypted_content: signature }
  const at = { item_id: item.id, output_index, summary_index: 0 }
  const part = { type: 'summary_text', text: deltas.join('') }
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, summary: [] } },
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    ...deltas.map(d => ({ type: 'response.reasoning_summary_text.delta', ...at, delta: d })),
    { type: 'response.reasoning_summary_text.done', ...at, text: part.text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
    { type: 'response.output_item.done', output_index, item: { ...item, summary: [part] } },
  ]
}

function encodeChat({ blocks, usage }: Script): string {
  const base = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'chat-replay',
  }
  const chunk = (fields: Data) => `data: ${JSON.stringify({ ...base, ...fields })}\n\n`
  const choice = (content: Data, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: content, finish_reason }] })
  let calls = 0
  const contents = blocks.flatMap((block): Data[] => {
    if (block.type === 'text') return block.deltas.map(content => ({ content }))
    if (block.type === 'reasoning') return block.deltas.map(d => ({ reasoning: d }))
    return chatToolCall(block, calls++)
  })
  return [
    choice({ role: 'assistant', content: '' }),
    ...contents.map(content => choice(content)),
    choice({}, calls > 0 ? 'tool_calls' : 'stop'),
    chunk({
      choices: [],
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    }),
    'data: [DONE]\n\n',
  ].join('')
}

function chatToolCall(
  { id, name, argumentDeltas }: Extract<Block, { type: 'tool_call' }>,
  index: number,
): Data[] {
  const start = { index, id, type: 'function', function: { name, arguments: '' } }
  return [start, ...argumentDeltas.map(d => ({ index, function: { arguments: d } }))].map(call => ({
    tool_calls: [call],
  }))
}

function encodeMessages({ blocks, usage }: Script): string {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-replay', content: [] }
  const ends = { stop_reason: null, stop_sequence: null }
  const stop_reason = blocks.some(block => block.type === 'tool_call') ? 'tool_use' : 'end_turn'
  return typed([
    {
      type: 'message_start',
      message: { ...message, ...ends, usage: { input_tokens: usage.input, output_tokens: 1 } },
    },
    { type: 'ping' },
    ...blocks.flatMap(messageBlock),
    { type: 'message_delta', delta: { ...ends, stop_reason }, usage: { output_tokens: usage.output } },
    { type: 'message_stop' },
  ])
}

function messageBlock(block: Block, index: number): Data[] {
  const [content_block, deltas] = messageContent(block)
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map(d => ({ type: 'content_block_delta', index, delta: d })),
    { type: 'content_block_stop', index },
  ]
}

function messageContent(block: Block): [start: Data, deltas: Data[]] {
  if (block.type === 'text') {
    return [{ type: 'text', text: '' }, block.deltas.map(d => ({ type: 'text_delta', text: d }))]
  }
  if (block.type === 'reasoning') {
    const thinking = block.deltas.map(d => ({ type: 'thinking_delta', thinking: d }))
    const signature = { type: 'signature_delta', signature: block.signature }
    return [{ type: 'thinking', thinking: '', signature: '' }, [...thinking, signature]]
  }
  const { id, name, argumentDeltas } = block
  return [
    { type: 'tool_use', id, name, input: {} },
    argumentDeltas.map(d => ({ type: 'input_json_delta', partial_json: d })),
  ]
}
