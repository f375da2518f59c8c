import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import type { TurnEvent } from '../turns/event.ts'
import { followTurn, isEnd } from '../turns/follow-turn.ts'
import { eventStreamHeaders, heartbeatFrame, overflowFrame } from '../wire/turn-events.ts'
import type { ApiEnv } from './api.ts'
import { type StreamLimits, StreamPlaces } from './stream-places.ts'

/** A turn as one protocol tells it to one connection. */
export interface TurnStream {
  turn: TurnName
  /** A promise where something has to be looked up first; the frames behind it wait. */
  encode: (event: TurnEvent) => Uint8Array | Promise<Uint8Array>
  headers?: Record<string, string>
  /** The last frame of a connection that fell behind. */
  overflow?: Uint8Array
}

type Form = Pick<TurnStream, 'headers' | 'overflow'>
type Show = (frame: () => Uint8Array | Promise<Uint8Array>, isLast: boolean) => void

const heartbeatMs = 15_000
/** What may wait for a slow reader before its connection is given up. */
const maxBufferedBytes = 1_048_576
/** For the last frame of a given up connection to get out. */
const overflowGraceMs = 5_000

/**
 * All open event streams of this process. Frames are written to the response as bytes: at ten thousand streams a web
 * stream for each costs twice the memory and four times the processor.
 */
export class EventStreams {
  readonly #places: StreamPlaces
  readonly #open = new Map<ServerResponse, Form>()
  #heartbeat: NodeJS.Timeout | undefined

  constructor(limits: StreamLimits) {
    this.#places = new StreamPlaces(limits)
  }

  get size(): number {
    return this.#open.size
  }

  /**
   * Keeps a place for the stream that this request will be answered with. To be called before a message is taken in: what
   * is refused must not have happened. Throws rate_limited or overloaded.
   */
  admit({ env, var: { user } }: Context<ApiEnv>): void {
    this.#places.take(env.outgoing, user.id)
  }

  /** Answers with a turn's events until its end. Fails like followTurn, before anything is written. */
  follow(c: Context<ApiEnv>, engine: Engine, { turn, encode, ...form }: TurnStream) {
    return this.answer(c, form, show =>
      followTurn(engine, turn, event => show(() => encode(event), isEnd(event))),
    )
  }

  /** Answers with frames until the last of them, or until the client goes. Fails as `follow` does. */
  async answer(c: Context<ApiEnv>, form: Form, follow: (show: Show) => Promise<() => void>) {
    this.admit(c)
    const headers = { ...form.headers, ...c.var.rateLimitHeaders, 'x-request-id': c.var.requestId }
    if (c.req.method === 'HEAD') {
      // Whether there is something to follow, and no more of it (RFC 9110, section 9.3.2).
      const stop = await follow(() => {})
      stop()
      return c.body(null, 200, { ...eventStreamHeaders, ...headers })
    }
    await this.#stream(c.env.outgoing, { ...form, headers }, follow)
    // The adapter knows its own marker only as a full Response, which reading its body makes of it.
    void RESPONSE_ALREADY_SENT.body
    return RESPONSE_ALREADY_SENT
  }

  /** Holds on to the response and nothing else of its request, for as long as the stream is open. */
  async #stream(
    outgoing: ServerResponse,
    form: Form,
    follow: (show: Show) => Promise<() => void>,
  ): Promise<void> {
    const following = { stop: () => {} }
    outgoing.once('close', () => {
      this.#close(outgoing)
      following.stop()
    })
    let before: Promise<void> | undefined
    const stop = await follow((frame, isLast) => {
      if (!outgoing.headersSent) this.#begin(outgoing, form)
      const show = (bytes: Uint8Array) => {
        write(outgoing, bytes, form.overflow)
        if (isLast) outgoing.end()
      }
      // What goes wrong here is this connection's alone: the turn, which is telling everyone, must not be hurt by it.
      try {
        const bytes = frame()
        if (before === undefined && bytes instanceof Uint8Array) return show(bytes)
        before = Promise.all([bytes, before]).then(
          ([late]) => show(late),
          () => void outgoing.destroy(),
        )
      } catch {
        outgoing.destroy()
      }
    })
    if (outgoing.destroyed || outgoing.writableEnded) stop()
    else following.stop = stop
  }

  #begin(outgoing: ServerResponse, form: Form): void {
    outgoing.writeHead(200, { ...eventStreamHeaders, ...form.headers })
    this.#open.set(outgoing, form)
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  #close(outgoing: ServerResponse): void {
    this.#open.delete(outgoing)
    if (this.#open.size > 0) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #beat(): void {
    for (const [outgoing, { overflow }] of this.#open) write(outgoing, heartbeatFrame, overflow)
  }
}

function write(outgoing: ServerResponse, frame: Uint8Array, overflow = overflowFrame): void {
  if (outgoing.writableEnded || outgoing.destroyed) return
  if (outgoing.writableLength <= maxBufferedBytes) {
    if (frame.length > 0) outgoing.write(frame)
    return
  }
  outgoing.end(overflow)
  setTimeout(() => outgoing.destroy(), overflowGraceMs).unref()
}
