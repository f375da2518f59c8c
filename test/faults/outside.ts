import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Block, text, toolCall } from '../support/replay-answers.ts'
import { encodings, framesOf } from '../support/replay-encodings.ts'
import { callsOf, planOf, wordsOf } from './plan.ts'
import type { Points } from './points.ts'

interface PromptMessage {
  role: string
  content?: string | { text?: string }[] | null
  tool_calls?: unknown[]
}

/** An effect outside the database, as observed there. */
export interface OutsideEffect {
  label: string
  idempotencyKey: string
}

/** Everything turns reach besides Postgres: the model's provider and a tool with an effect. One address per process. */
export interface Outside extends AsyncDisposable {
  effects: OutsideEffect[]
  urlFor(slot: number): string
}

export async function openOutside(points: Points): Promise<Outside> {
  const effects: OutsideEffect[] = []
  const server = createServer(async (request, response) => {
    response.on('error', () => {})
    const [, slot = '', ...path] = (request.url ?? '').split('/')
    const body = await bodyOf(request)
    if (!body) return
    const place = { points, slot: Number(slot), response }
    if (path.at(-1) === 'completions') return think(place, body.messages ?? [])
    await meet(place, 'outside:asked')
    effects.push({ label: body.label ?? '', idempotencyKey: String(request.headers['idempotency-key']) })
    await meet(place, 'outside:done')
    response.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    effects,
    urlFor: slot => `http://127.0.0.1:${port}/${slot}`,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Place {
  points: Points
  slot: number
  response: ServerResponse
}

/** The model: its output depends on the messages alone, so that a repeated request gets the same answer. */
async function think(place: Place, messages: PromptMessage[]): Promise<void> {
  const { response } = place
  const asked = messages.findLastIndex(message => message.role === 'user')
  const plan = planOf(textOf(messages[asked]))
  const step = 1 + messages.slice(asked).filter(message => message.tool_calls).length
  const blocks: Block[] = callsOf(plan, step).map(({ name, input }) => toolCall(name, input))
  const words = wordsOf(plan, step)
  if (words.length > 0) blocks.unshift(text(...words))
  const encode = encodings['/chat/completions']
  const frames = framesOf(encode?.({ blocks, usage: { input: 10, output: 5 } }) ?? '')

  await meet(place, 'model:asked')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(frames.slice(0, 2).join(''))
  await meet(place, 'model:midway')
  response.write(frames.slice(2, -3).join(''))
  await meet(place, 'model:told')
  response.end(frames.slice(-3).join(''))
}

const textOf = (message: PromptMessage | undefined): string =>
  typeof message?.content === 'string'
    ? message.content
    : (message?.content ?? []).map(part => part.text ?? '').join('')

async function meet({ points, slot, response }: Place, point: string): Promise<void> {
  const tell = points.meet(point)
  if (!tell) return
  const { promise, resolve } = Promise.withResolvers<void>()
  tell({ slot, resume: resolve, sever: () => response.destroy(), backendPid: undefined })
  await promise
}

/** Undefined when the sender died while sending. */
async function bodyOf(
  request: IncomingMessage,
): Promise<{ messages?: PromptMessage[]; label?: string } | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
