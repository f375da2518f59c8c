import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepPart } from '../../server/agent/step-parts.ts'
import type { RemoteProvider } from '../../server/model-settings.ts'
import { reasoning, recorded, stream, text, toolCall } from '../support/replay-answers.ts'
import { type Body, type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { providerNames, remoteTrial } from '../support/step-requests.ts'

let replay: ReplayServer
beforeEach(async () => {
  replay = await startReplayServer()
})
afterEach(() => replay[Symbol.asyncDispose]())

async function hear(provider: RemoteProvider, recording: string) {
  replay.enqueue([recorded(recording)])
  const trial = await remoteTrial(replay, provider)
  return { ...(await trial.run()), heard: trial.heard }
}

/** The next step's request, when it sends these parts back with the results of their calls. */
async function sendBack(provider: RemoteProvider, parts: StepPart[]): Promise<Body> {
  const answered = parts.flatMap(part => (part.type === 'tool_call' ? [part] : []))
  replay.enqueue([stream(text('Done'))])
  const trial = await remoteTrial(replay, provider, {
    prompt: [
      { role: 'user', content: [{ type: 'text', text: 'Add milk' }] },
      { role: 'assistant', content: parts.map(promptPart) },
      {
        role: 'tool',
        content: answered.map(call => ({
          type: 'tool-result',
          toolCallId: call.providerCallId,
          toolName: call.name,
          output: { type: 'json', value: { task_id: 1 } },
        })),
      },
    ],
  })
  await trial.run()
  return (await replay.request(replay.requests.length - 1)).body
}

function promptPart(part: StepPart) {
  const options = part.provider && { providerOptions: part.provider }
  if (part.type !== 'tool_call') return { type: part.type, text: part.text, ...options }
  const { providerCallId: toolCallId, name: toolName, input } = part
  return { type: 'tool-call' as const, toolCallId, toolName, input, ...options }
}

describe.each(providerNames)('%s', provider => {
  test('text, reasoning and calls come in order, with their places, and the tokens are counted', async () => {
    const call = toolCall('add_task', { title: 'دودھ 🥛' })
    replay.enqueue([stream(reasoning('Let me', ' see'), text('I', ' will'), call)])
    const trial = await remoteTrial(replay, provider)
    const { parts, finishReason, usage } = await trial.run()
    expect(trial.heard).toEqual(['r0:Let me', 'r0: see', 't1:I', 't1: will'])
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'Let me see' },
      { type: 'text', text: 'I will' },
      { type: 'tool_call', name: 'add_task', input: { title: 'دودھ 🥛' } },
    ])
    expect(finishReason).toBe('tool-calls')
    expect(usage).toEqual({ input_tokens: 10, output_tokens: 5 })
  })

  test('the request names the model, the tools and the key', async () => {
    replay.enqueue([stream(text('Hi'))])
    await (await remoteTrial(replay, provider)).run()
    const { body, headers } = await replay.request(0)
    expect(body).toMatchObject({ stream: true })
    expect(String(body.model)).toMatch(/gpt-5|claude-sonnet-4|local-model/)
    expect(JSON.stringify(body.tools)).toContain('add_task')
    expect(headers.authorization ?? headers['x-api-key']).toContain('test-key')
  })
})

describe('openai', () => {
  test('a recorded answer', async () => {
    const { parts, finishReason, usage } = await hear('openai', 'openai-text')
    expect(parts).toMatchObject([{ type: 'text', text: 'You have two open tasks.' }])
    expect(finishReason).toBe('stop')
    expect(usage).toEqual({ input_tokens: 62, output_tokens: 8 })
  })

  test('reasoning goes back encrypted, and nothing is stored at OpenAI', async () => {
    const { parts } = await hear('openai', 'openai-reasoning-tool-call')
    expect(parts).toMatchObject([
      { type: 'reasoning', text: '**Adding a task**\n\nThe user wants milk.' },
      { type: 'tool_call', name: 'add_task', input: { title: 'Buy milk' } },
    ])
    const body = await sendBack('openai', parts)
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(body.input).toMatchObject([
      { role: 'user' },
      { type: 'reasoning', encrypted_content: expect.stringMatching(/^gAAAAAB.{140}/) },
      { type: 'function_call', name: 'add_task', arguments: '{"title":"Buy milk"}' },
      { type: 'function_call_output', call_id: expect.stringMatching(/^call_/) },
    ])
  })
})

describe('anthropic', () => {
  test('a recorded answer', async () => {
    const { parts, usage } = await hear('anthropic', 'anthropic-text')
    expect(parts).toEqual([{ type: 'text', text: 'You have two open tasks.' }])
    expect(usage).toEqual({ input_tokens: 71, output_tokens: 11 })
  })

  test('thinking goes back with its signature, redacted thinking as it came', async () => {
    const { parts, heard } = await hear('anthropic', 'anthropic-thinking-tool-use')
    expect(heard.join('|')).toBe("r0:The user wants|r0: two tasks|r0: added.|t2:I'll add|t2: both.")
    expect(parts.map(part => part.type)).toEqual(['reasoning', 'reasoning', 'text', 'tool_call', 'tool_call'])
    const { messages } = await sendBack('anthropic', parts)
    expect(messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          {
            type: 'thinking',
            thinking: 'The user wants two tasks added.',
            signature: expect.stringMatching(/^EqQB/),
          },
          { type: 'redacted_thinking', data: expect.stringMatching(/^EmwK/) },
          { type: 'text', text: "I'll add both." },
          { type: 'tool_use', input: { title: 'Buy milk' } },
          { type: 'tool_use', input: { title: 'Call Sam' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result' }, { type: 'tool_result' }] },
    ])
  })
})

describe('compatible', () => {
  test('a recorded answer, its tokens asked for', async () => {
    const { parts, usage } = await hear('compatible', 'chat-text')
    expect(parts).toEqual([{ type: 'text', text: 'You have two open tasks.' }])
    expect(usage).toEqual({ input_tokens: 58, output_tokens: 7 })
    expect((await replay.request(0)).body).toMatchObject({ stream_options: { include_usage: true } })
  })

  test('two calls in one answer', async () => {
    const { parts } = await hear('compatible', 'chat-parallel-tool-calls')
    expect(parts).toMatchObject([
      { name: 'add_task', input: { title: 'Buy milk' } },
      { name: 'list_tasks', input: {} },
    ])
  })

  test('reasoning_content is reasoning', async () => {
    const { parts } = await hear('compatible', 'chat-reasoning')
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'Count the tasks: two.' },
      { type: 'text', text: 'Two.' },
    ])
  })
})

describe('openrouter', () => {
  test('reasoning details go back with their signature', async () => {
    const { parts, usage } = await hear('openrouter', 'openrouter-reasoning-tool-call')
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'The user wants milk.' },
      { type: 'text', text: 'Adding it.' },
      { type: 'tool_call', name: 'add_task', input: { title: 'Buy milk' } },
    ])
    expect(usage).toEqual({ input_tokens: 420, output_tokens: 96 })
    const { messages } = await sendBack('openrouter', parts)
    expect(messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        reasoning_details: [{ type: 'reasoning.text', signature: expect.stringMatching(/^EqQB/) }],
      },
      { role: 'tool' },
    ])
  })
})
