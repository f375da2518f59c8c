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

/** A turn's stream on one connection, in one protocol. */
export interface TurnStream {
  turn: TurnName
  /** A promise if something must be looked up first; later frames wait for it. */
  encode: (event: TurnEvent) => Uint8Array | Promise<Uint8Array>
  headers?: Record<string, string>
  /** The last frame sent to a connection that fell behind. */
  overflow?: Uint8Array
}

type Form = Pick<TurnStream, 'headers' | 'overflow'>
type Show = (frame: () => Uint8Array | Promise<Uint8Array>, isLast: boolean) => void

const heartbeatMs = 15_000
/** How much may be buffered for a slow reader before its connection is closed. */
const maxBufferedBytes = 1_048_576
/** Time for the last frame to be sent before such a connection is destroyed. */
const overflowGraceMs = 5_000

/**
 * All open event streams of this process. Frames are written to the Node response as bytes: with ten thousand streams,
 * a web stream for each would cost twice the memory and four times the CPU.
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
   * Reserves a place for the stream that will answer this request. Call it before accepting a message, so that a
   * refused request has no effect. Throws rate_limited or overloaded.
   */
  admit({ env, var: { user } }: Context<ApiEnv>): void {
    this.#places.take(env.outgoing, user.id)
  }

  /** Streams a turn's events until its end. Throws as followTurn does, before anything is written. */
  follow(c: Context<ApiEnv>, engine: Engine, { turn, encode, ...form }: TurnStream) {
    return this.answer(c, form, show =>
      followTurn(engine, turn, event => show(() => encode(event), isEnd(event))),
    )
  }

  /** Streams frames until the last one or until the client disconnects. Throws as `follow` does. */
  async answer(c: Context<ApiEnv>, form: Form, follow: (show: Show) => Promise<() => void>) {
    this.admit(c)
    const headers = { ...form.headers, ...c.var.rateLimitHeaders, 'x-request-id': c.var.requestId }
    if (c.req.method === 'HEAD') {
      // Reports whether there is something to follow, but sends no events (RFC 9110, section 9.3.2).
      const stop = await follow(() => {})
      stop()
      return c.body(null, 200, { ...eventStreamHeaders, ...headers })
    }
    await this.#stream(c.env.outgoing, { ...form, headers }, follow)
    // The adapter recognises its marker only as a full Response, and reading `body` turns it into one.
    void RESPONSE_ALREADY_SENT.body
    return RESPONSE_ALREADY_SENT
  }

  /** Keeps only the response alive, not the request, while the stream is open. */
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
      // An error here must affect this connection only, not the turn that is notifying all its listeners.
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
