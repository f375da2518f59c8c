import { setTimeout as pause } from 'node:timers/promises'
import { type Answered, type Client, clientOf } from '../support/server.ts'

/** An answer that was no answer: the server said so, or the connection broke. */
export interface Refusal {
  status: number | undefined
  code: string
  retryAfter: string | null
  ms: number
}

interface Told {
  userId: string
  conversationId: string
  turnId: string
}

/**
 * People who talk without a pause, each in a conversation of its own, every message under a key of its own. What is not
 * answered is sent again under its key, as clients should.
 */
export class Load {
  readonly refusals: Refusal[] = []
  readonly told: Told[] = []
  /** What no client should ever see. */
  readonly wrong: string[] = []
  readonly userIds: string[] = []
  readonly #url: string
  readonly #name: string
  #isOver = false
  #talking: Promise<void>[] = []

  constructor(url: string, name: string, people: number) {
    this.#url = url
    this.#name = name
    for (let n = 0; n < people; n += 1) this.join()
  }

  /** One more begins to talk. */
  join(): void {
    const userId = `${this.#name}-${this.userIds.length}`
    this.userIds.push(userId)
    this.#talking.push(this.#talk(userId))
  }

  /** Everybody finishes what they are saying. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#talking)
  }

  async #talk(userId: string): Promise<void> {
    const client = await clientOf({ url: this.#url }, userId)
    let conversationId: string | undefined
    for (let n = 0; !this.#isOver; n += 1) {
      const body = await this.#say(client, `${userId}-${n}`, conversationId)
      conversationId = body.conversation_id
      const calls = JSON.stringify(body.tool_calls?.map((call: { status: string }) => call.status))
      if (calls !== '["completed"]') this.wrong.push(`${userId}-${n}: ${JSON.stringify(body)}`)
      this.told.push({ userId, conversationId: body.conversation_id, turnId: body.turn_id })
    }
  }

  async #say(client: Client, key: string, conversationId: string | undefined): Promise<Answered['body']> {
    for (;;) {
      const sentAt = performance.now()
      const answer = await client
        .call(
          'POST',
          '/chat',
          {
            message: 'Add a task to buy groceries',
            ...(conversationId ? { conversation_id: conversationId } : {}),
          },
          { 'idempotency-key': key },
        )
        .catch((error: Error) => ({
          status: undefined,
          body: { code: String(error.cause ?? error) },
          headers: new Headers(),
        }))
      if (answer.status === 200) return answer.body
      if (answer.status !== 202) this.refusals.push(refusalOf(answer, performance.now() - sentAt))
      await pause(100)
    }
  }
}

function refusalOf(
  { status, body, headers }: { status: number | undefined; body: { code?: string }; headers: Headers },
  ms: number,
): Refusal {
  return { status, code: body.code ?? JSON.stringify(body), retryAfter: headers.get('retry-after'), ms }
}
