import { expect, test } from 'vitest'
import { startCollector } from './support/collector.ts'
import { textStream, toolCallStream } from './support/replay-answers.ts'
import { startReplayServer } from './support/replay-server.ts'
import { clientOf, startServer } from './support/server.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const caller = `00-${traceId}-b7ad6b7169203331-01`
const hidden = ['buy the secret thing', 'Secret title', 'A secret answer']

test('a request, its turn, steps and tool calls are one trace, which goes on at the provider', async () => {
  await using collector = await startCollector()
  await using provider = await startReplayServer()
  provider.enqueue([toolCallStream('add_task', { title: hidden[1] }), textStream(hidden[2] ?? '')])
  const server = await startServer({
    MODEL: 'compatible/walker',
    MODEL_BASE_URL: provider.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collect',
    OTEL_SERVICE_NAME: 'walks',
  })
  const ann = await clientOf(server)
  const said = await ann.call('POST', '/chat', { message: hidden[0] }, { traceparent: caller })
  expect(said.status).toBe(200)
  await server[Symbol.asyncDispose]()

  expect(collector.batches[0]).toMatchObject({
    service: 'walks',
    headers: { authorization: 'Bearer collect' },
  })
  const trace = collector.spans.filter(span => span.traceId === traceId)
  const named = (name: string) => trace.filter(span => span.name === name)
  const [request] = named('POST /api/:user_id/chat')
  const [turn] = named('invoke_agent')
  const steps = named('chat walker')
  const [tool] = named('execute_tool add_task')
  if (!request || !turn || !tool) throw new Error(`Only ${trace.map(span => span.name)}`)
  expect(trace).toHaveLength(5)
  expect(request).toMatchObject({ parentSpanId: 'b7ad6b7169203331', kind: 2, status: {} })
  expect(turn.parentSpanId).toBe(request.spanId)
  expect(steps.map(step => step.parentSpanId)).toEqual([turn.spanId, turn.spanId])
  expect(tool.parentSpanId).toBe(turn.spanId)
  expect(collector.attributes(request)).toMatchObject({
    'http.route': '/api/:user_id/chat',
    'http.response.status_code': '200',
    'user.id': ann.userId,
    'colloquy.request.id': said.headers.get('x-request-id'),
  })
  expect(collector.attributes(turn)).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'colloquy.turn.id': said.body.turn_id,
    'colloquy.turn.status': 'completed',
    'gen_ai.usage.input_tokens': '20',
    'gen_ai.usage.output_tokens': '10',
  })
  for (const step of steps)
    expect(collector.attributes(step)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'walker',
      'gen_ai.usage.input_tokens': '10',
      'gen_ai.usage.output_tokens': '5',
    })
  expect(collector.attributes(tool)).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'add_task',
  })
  expect(provider.requests.map(({ headers }) => headers.traceparent)).toEqual(
    steps.map(step => `00-${traceId}-${step.spanId}-01`),
  )
  for (const span of trace) expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true)
  const everything = JSON.stringify(collector.spans)
  for (const text of [...hidden, ann.token]) expect(everything).not.toContain(text)
})

test('a failed step is an error without the provider’s words, and what the caller does not sample is not sent', async () => {
  await using collector = await startCollector()
  await using provider = await startReplayServer()
  const body = JSON.stringify({ error: { message: 'You said: buy the secret thing' } })
  provider.otherwise({ failure: { status: 400, headers: { 'content-type': 'application/json' }, body } })
  const server = await startServer({
    MODEL: 'compatible/walker',
    MODEL_BASE_URL: provider.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  })
  const ann = await clientOf(server)
  await ann.say('buy the secret thing')
  const unsampled = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`
  await ann.call('POST', '/chat', { message: 'again' }, { traceparent: unsampled })
  await server[Symbol.asyncDispose]()
  const [step] = collector.spans.filter(span => span.name === 'chat walker')
  if (!step) throw new Error('No step was traced')
  expect(step.status).toEqual({ code: 2 })
  expect(collector.attributes(step)).toMatchObject({ 'error.type': 'agent_unavailable' })
  expect(collector.spans.filter(span => span.traceId === '1'.repeat(32))).toEqual([])
  expect(provider.requests.at(-1)?.headers.traceparent).toMatch(/^00-1{32}-[\da-f]{16}-00$/)
  expect(JSON.stringify(collector.spans)).not.toContain('secret thing')
})

test('without a collector providers get no header and nothing else changes', async () => {
  await using provider = await startReplayServer()
  provider.otherwise(textStream('Hello.'))
  await using server = await startServer({ MODEL: 'compatible/walker', MODEL_BASE_URL: provider.url })
  const said = await (await clientOf(server)).call(
    'POST',
    '/chat',
    { message: 'Hi' },
    { traceparent: caller },
  )
  expect(said.status).toBe(200)
  expect(provider.requests[0]?.headers.traceparent).toBeUndefined()
})

test('a collector that is not there costs nobody an answer', async () => {
  const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  const ann = await clientOf(server)
  expect((await ann.say('add milk')).status).toBe(200)
  await server[Symbol.asyncDispose]()
})
