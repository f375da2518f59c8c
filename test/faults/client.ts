import { tokenFor } from '../support/server.ts'
import { until } from '../support/until.ts'
import type { Fleet } from './fleet.ts'
import { messageOf } from './plan.ts'
import type { Post } from './schedule.ts'

/** Longer than a server's RESPONSE_WAIT_SECONDS, and than a turn here takes under any single fault. */
const patienceMs = 35_000

/** The final result of a post, as its client saw it. */
export interface Told {
  key: string | undefined
  post: Post
  /** False when the conversation was busy and the client had asked to be told. */
  accepted: boolean
  /** Sent only once: a second attempt may be accepted after the first was refused. */
  once: boolean
  turnId: string
  conversationId: string
  /** Undefined when the client was told to look again later. */
  outcome: { status: string; response: string; tool_calls: unknown[] } | undefined
}

interface Sent {
  post: Post
  key: string | undefined
  conversationId: string | undefined
}

interface Answer {
  status: number
  body: Record<string, unknown>
}

/**
 * A well-behaved client: every post has a key and is resent, to another process, until it is answered. It can hang up,
 * and it can be impatient and send everything twice.
 */
export class Client {
  readonly userId: string
  readonly #fleet: Fleet
  readonly #token: Promise<string>
  /** Requests that were neither answered nor aborted. */
  readonly neglected: string[] = []
  readonly #underWay = new Map<
    AbortController,
    { key: string | undefined; post: Post; conversationId: string | undefined }
  >()
  readonly #duplicated = new Set<string | undefined>()
  #duplicates: Promise<unknown>[] = []

  constructor(fleet: Fleet, userId: string) {
    this.#fleet = fleet
    this.userId = userId
    this.#token = tokenFor(userId)
  }

  /** Without a key, a message is resent only if it cannot have been accepted. */
  async post(post: Post, key: string | undefined, conversationId?: string): Promise<Told> {
    let attempts = 0
    const answer = await until(
      `an answer to ${key}`,
      async () => {
        const [url] = this.#fleet.urls((post.to + attempts) % this.#fleet.slots.length)
        attempts += 1
        return url === undefined ? undefined : this.#attempt(url, { post, key, conversationId })
      },
      60_000,
    )
    return { ...told(post, key, answer), once: attempts === 1 && !this.#duplicated.has(key) }
  }

  /** Breaks all connections of this client; no turn is cancelled. */
  hangUp(): void {
    for (const attempt of this.#underWay.keys()) attempt.abort()
  }

  /** Sends every pending post once more to every process. */
  duplicate(): void {
    for (const sent of [...this.#underWay.values()]) {
      this.#duplicated.add(sent.key)
      for (const url of this.#fleet.urls(0)) this.#duplicates.push(this.#attempt(url, sent))
    }
  }

  /** The responses to duplicates; broken requests have none. */
  async duplicateAnswers(): Promise<Answer[]> {
    const answers = (await Promise.all(this.#duplicates)) as (Answer | undefined)[]
    this.#duplicates = []
    return answers.filter(answer => answer !== undefined)
  }

  /** Undefined when it has to be sent again. */
  async #attempt(url: string, sent: Sent): Promise<Answer | undefined> {
    const attempt = new AbortController()
    this.#underWay.set(attempt, sent)
    const late = setTimeout(() => {
      this.neglected.push(`${sent.key} was not answered by ${url}`)
      attempt.abort()
    }, patienceMs)
    try {
      const response = await fetch(`${url}/api/${this.userId}/chat`, {
        method: 'POST',
        signal: attempt.signal,
        headers: await this.#headers(sent),
        body: JSON.stringify({
          message: sent.post.words ?? messageOf(sent.post.plan),
          if_busy: sent.post.ifBusy,
          ...(sent.conversationId ? { conversation_id: sent.conversationId } : {}),
        }),
      })
      const body = await bodyOf(response)
      const isPassing = body === undefined || (response.status >= 500 && !body.turn_id)
      return isPassing ? undefined : { status: response.status, body }
    } catch {
      return undefined
    } finally {
      clearTimeout(late)
      this.#underWay.delete(attempt)
    }
  }

  async #headers({ key, post }: Sent): Promise<Record<string, string>> {
    return {
      authorization: `Bearer ${await this.#token}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(post.asEvents ? { accept: 'text/event-stream' } : {}),
    }
  }
}

/** The JSON response, or the last event of a stream that ended properly. */
async function bodyOf(response: Response): Promise<Record<string, unknown> | undefined> {
  const text = await response.text()
  if (!response.headers.get('content-type')?.includes('event-stream')) return JSON.parse(text)
  const last = text
    .split('\n\n')
    .filter(frame => frame.includes('data: '))
    .at(-1)
  const event = JSON.parse(last?.split('data: ')[1] ?? '{}')
  return /^turn\.(completed|failed|cancelled)$/.test(event.type) ? event : undefined
}

function told(post: Post, key: string | undefined, { status, body }: Answer): Omit<Told, 'once'> {
  const isGivenUp = status === 503 && body.code === 'agent_unavailable'
  if (![200, 202].includes(status) && body.code !== 'conversation_busy' && !isGivenUp)
    throw new Error(`${key} was answered with ${status}: ${JSON.stringify(body)}`)
  return {
    key,
    post,
    accepted: status !== 409,
    turnId: String(body.turn_id),
    conversationId: String(body.conversation_id),
    // The API defines an outcome's shape; the invariants compare it with what is stored.
    outcome: status === 200 ? (body as unknown as Told['outcome']) : undefined,
  }
}
