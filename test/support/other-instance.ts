import { randomUUID } from 'node:crypto'
import type { Database } from '../../server/db/database.ts'
import { acceptTurn } from '../../server/store/accept-turn.ts'
import { claimTurns, renewLease } from '../../server/store/instances.ts'
import {
  type Fence,
  type JournaledCall,
  journalStep,
  type OwnedTurn,
  type StoredPart,
  takeUpTurn,
} from '../../server/store/turns.ts'
import type { Client } from './server.ts'

export interface Step {
  text?: string
  calls: Pick<JournaledCall, 'name' | 'arguments' | 'effect'>[]
}

/**
 * Another process on the same database, played by the test: it uses the same statements as an instance, as far as the
 * test wants, and then dies. It has no heartbeat, so its lease lasts as long as the test needs.
 */
export class OtherInstance {
  readonly id = randomUUID()
  readonly #db: Database

  private constructor(db: Database) {
    this.#db = db
  }

  static async begin(db: Database): Promise<OtherInstance> {
    const instance = new OtherInstance(db)
    await renewLease(db, instance.id, 3600)
    return instance
  }

  /** Expires its lease, as if the time had passed. */
  async die(): Promise<void> {
    await expireLease(this.#db, this.id)
  }

  async accept(
    { userId }: Client,
    content: string,
    { conversation }: { conversation?: string } = {},
  ): Promise<OwnedTurn> {
    const accepted = await acceptTurn(this.#db, {
      userId,
      idempotency: undefined,
      conversationId: conversation,
      newConversationId: randomUUID(),
      title: content,
      targetTurnId: undefined,
      turnId: randomUUID(),
      messageId: randomUUID(),
      content,
      context: { time_zone: 'UTC', locale: 'en' },
      ifBusy: 'enqueue',
      verdict: 'dropped',
      owner: this.id,
      historyMessages: 40,
      queueLimit: 1000,
    })
    if (accepted.outcome !== 'started') throw new Error(`Not started but ${accepted.outcome}`)
    return accepted.turn
  }

  /** Takes over turns without a living owner; `from` is declared dead first. */
  async takeOver(userId: string, from?: string): Promise<OwnedTurn[]> {
    const claimed = await this.#db.transaction(async tx => {
      if (from) await expireLease(tx, from)
      return claimTurns(tx, this.id, { held: [], orphanSeconds: 3600, limit: 200 })
    })
    const turns = []
    for (const { id } of claimed.filter(turn => turn.user_id === userId)) {
      const turn = await takeUpTurn(this.#db, { userId, turnId: id, owner: this.id }, 40)
      if (turn) turns.push(turn)
    }
    return turns
  }

  fenceOf({ user_id: userId, id: turnId, epoch }: OwnedTurn): Fence {
    return { userId, turnId, owner: this.id, epoch }
  }

  /** Journals a first step of the model; returns the ids of its calls. */
  async journal(turn: OwnedTurn, { text, calls }: Step): Promise<string[]> {
    const journaled = calls.map(
      (call, position): JournaledCall => ({
        ...call,
        id: randomUUID(),
        step: 1,
        position,
        provider_call_id: `call_${position}`,
        status: 'pending',
      }),
    )
    const ids = journaled.map(call => call.id)
    const said: StoredPart[] = text === undefined ? [] : [{ type: 'text', step: 1, text }]
    const parts = [...said, ...ids.map((id): StoredPart => ({ type: 'tool_call', step: 1, id }))]
    const usage = { input_tokens: 10, output_tokens: 5 }
    const isIts = await journalStep(this.#db, this.fenceOf(turn), {
      parts,
      calls: journaled,
      usage,
      model: 'offline',
    })
    if (!isIts) throw new Error('The turn is not its')
    return ids
  }
}

const expireLease = (db: Pick<Database, 'query'>, id: string) =>
  db.query("update colloquy.instances set lease_until = now() - interval '1 second' where id = $1", [id])
