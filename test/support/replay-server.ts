import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './replay-answers.ts'
import { encodings, framesOf, isDelta } from './replay-encodings.ts'

export type Body = Record<string, unknown>

export interface ReplayRequest {
  path: string
  headers: IncomingMessage['headers']
  body: Body
  /** How the exchange ended: `early` when the connection closed before the whole answer was sent. */
  closed: Promise<'complete' | 'early'>
}

/** Makes the answer when the request arrives, for answers that depend on it. */
export type AnswerMaker = (request: ReplayRequest) => Answer

export interface ReplayServer extends AsyncDisposable {
  /** The `baseUrl` for the model's settings, with any provider. */
  url: string
  requests: ReplayRequest[]
  /** Queues answers for the next requests, in order. A request without an answer gets a 400. */
  enqueue: (answers: (Answer | AnswerMaker)[]) => void
  /** Sets the answer for requests for which none is queued. */
  otherwise: (answer: Answer | AnswerMaker) => void
  /** Resets to the initial state: no requests, no queued answers, no default answer. */
  reset: () => void
  /** The n-th request since the start, counted from 0, once it arrives. */
  request: (n: number) => Promise<ReplayRequest>
}

/** A provider on 127.0.0.1: real HTTP, real streams, scripted content. It never waits for time to pass. */
export async function startReplayServer(): Promise<ReplayServer> {
  const requests: ReplayRequest[] = []
  const queue: (Answer | AnswerMaker)[] = []
  const waiting: { n: number; resolve: (request: ReplayRequest) => void }[] = []
  const nothing = refusal('No answer is queued for this request')
  let fallback: Answer | AnswerMaker = nothing

  const server = createServer(async (incoming, response) => {
    const closed = new Promise<'complete' | 'early'>(resolve =>
      response.once('close', () => resolve(response.writableFinished ? 'complete' : 'early')),
    )
    const path = new URL(incoming.url ?? '/', 'http://replay').pathname.replace(/^\/v1/, '')
    const request = { path, headers: incoming.headers, body: await bodyOf(incoming), closed }
    requests.push(request)
    for (const { n, resolve } of waiting) if (n === requests.length - 1) resolve(request)
    const next = queue.shift() ?? fallback
    await send(typeof next === 'function' ? next(request) : next, path, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a string.
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    enqueue: answers => {
      queue.push(...answers)
    },
    otherwise: answer => {
      fallback = answer
    },
    reset: () => {
      requests.length = 0
      queue.length = 0
      fallback = nothing
    },
    request: n => {
      const known = requests[n]
      return known ? Promise.resolve(known) : new Promise(resolve => waiting.push({ n, resolve }))
    },
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

const refusal = (message: string): Answer => ({
  failure: { status: 400, headers: {}, body: JSON.stringify({ error: { message } }) },
})

async function send(answer: Answer, path: string, response: ServerResponse) {
  const { script, recording, failure } = answer
  await pause(answer, -1)
  if (answer.breakOff?.after === -1) return response.destroy()
  if (failure) {
    response.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers })
    response.end(failure.body)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
  const body = recording ?? (script && encodings[path]?.(script)) ?? ''
  await sendFrames(answer, framesOf(body), response)
}

async function sendFrames(answer: Answer, frames: string[], response: ServerResponse) {
  let deltas = 0
  for (const frame of frames) {
    if (isDelta(frame)) {
      await pause(answer, deltas)
      if (answer.breakOff?.after === deltas) return breakOff(answer.breakOff.how, response)
      deltas++
    }
    if (response.destroyed) return
    // Each event is written separately: a provider's deltas do not arrive together.
    await new Promise<void>(resolve => response.write(frame, () => resolve()))
  }
  await pause(answer, deltas)
  if (answer.breakOff) return breakOff(answer.breakOff.how, response)
  response.end()
}

async function pause({ hold }: Answer, deltas: number) {
  if (hold?.after !== deltas) return
  hold.reached()
  await hold.released
}

function breakOff(how: 'cut' | 'end', response: ServerResponse) {
  if (how === 'cut') response.destroy()
  else response.end()
}
