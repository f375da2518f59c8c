import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { TurnName } from '../store/turns.ts'
import type { Engine } from '../turns/engine.ts'
import type { TurnEvent } from '../turns/event.ts'
import { followTurn, isEnd } from '../turns/follow-turn.ts'
import { eventStreamHeaders, heartbeatFrame, overflowFrame } from '../wire/turn-events.ts'
import type { ApiEnv } from './api.ts'

type Encode = (event: TurnEvent) => Uint8Array

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
  readonly #open = new Set<ServerResponse>()
  #heartbeat: NodeJS.Timeout | undefined

  /** Answers with a turn's events until its end. Fails like followTurn, before anything is written. */
  async follow(c: Context<ApiEnv>, engine: Engine, { turn, encode }: { turn: TurnName; encode: Encode }) {
    await this.#stream(c.env.outgoing, c.var.requestId, show =>
      followTurn(engine, turn, event => show(encode(event), isEnd(event))),
    )
    // The adapter knows its own marker only as a full Response, which reading its body makes of it.
    void RESPONSE_ALREADY_SENT.body
    return RESPONSE_ALREADY_SENT
  }

  /** Holds on to the response and nothing else of its request, for as long as the stream is open. */
  async #stream(
    outgoing: ServerResponse,
    requestId: string,
    follow: (show: (frame: Uint8Array, isLast: boolean) => void) => Promise<() => void>,
  ): Promise<void> {
    const following = { stop: () => {} }
    outgoing.once('close', () => {
      this.#close(outgoing)
      following.stop()
    })
    const stop = await follow((frame, isLast) => {
      if (!outgoing.headersSent) this.#begin(outgoing, requestId)
      write(outgoing, frame)
      if (isLast) outgoing.end()
    })
    if (outgoing.destroyed || outgoing.writableEnded) stop()
    else following.stop = stop
  }

  #begin(outgoing: ServerResponse, requestId: string): void {
    outgoing.writeHead(200, { ...eventStreamHeaders, 'x-request-id': requestId })
    this.#open.add(outgoing)
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  #close(outgoing: ServerResponse): void {
    this.#open.delete(outgoing)
    if (this.#open.size > 0) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
  }

  #beat(): void {
    for (const outgoing of this.#open) write(outgoing, heartbeatFrame)
  }
}

function write(outgoing: ServerResponse, frame: Uint8Array): void {
  if (outgoing.writableEnded || outgoing.destroyed) return
  if (outgoing.writableLength <= maxBufferedBytes) {
    outgoing.write(frame)
    return
  }
  outgoing.end(overflowFrame)
  setTimeout(() => outgoing.destroy(), overflowGraceMs).unref()
}
