import type { Database } from '../db/database.ts'
import { type ConversationNews, readUserNews, type UserNews } from '../store/user-changes.ts'
import type { UserEvent } from './event.ts'

export interface UserFollower {
  tell: (event: UserEvent) => void
  /** This instance is shutting down: clients reconnect to another. */
  end: () => void
}

interface Watched {
  followers: Set<UserFollower>
  /** undefined until the first look. */
  seen: Seen | undefined
}

interface Seen {
  tasks: number
  deletedConversations: number
  /** The running turn of each conversation that has one. */
  running: Map<string, string>
  /** Changes that were reported and may appear again in the next poll. */
  told: Map<string, string>
}

/** Longer than any transaction: a change carries its transaction's start time but becomes visible at commit. */
const marginMs = 10_000
const hurryMs = 20

/**
 * Changes for users whose events are followed here, whichever instance makes them. One statement polls for all of them,
 * about twice a second and only while someone listens; after this instance's own changes it looks at once.
 */
export class UserEvents {
  readonly #watched = new Map<string, Watched>()
  readonly #db: Database
  readonly #hurried = new Set<string>()
  /** Looks run one after another: each compares with what the previous one saw. */
  #looking: Promise<void> = Promise.resolve()
  #since: string | null = null

  constructor(sweeperDb: Database) {
    this.#db = sweeperDb
  }

  /** Nobody listens, so nothing is queried. */
  get isIdle(): boolean {
    return this.#watched.size === 0
  }

  /** Reports the current state first; from then on no change is missed. Returns a function that stops following. */
  async follow(userId: string, follower: UserFollower): Promise<() => void> {
    const watched = this.#watched.get(userId) ?? { followers: new Set(), seen: undefined }
    this.#watched.set(userId, watched)
    const stop = () => {
      watched.followers.delete(follower)
      if (watched.followers.size > 0 || this.#watched.get(userId) !== watched) return
      this.#watched.delete(userId)
      if (this.#watched.size === 0) this.#since = null
    }
    // Registered before the first look, so that a change during it is reported afterwards.
    const waiting = { tell: () => {}, end: follower.end }
    watched.followers.add(waiting)
    try {
      if (!watched.seen) await this.#look([userId])
      for (const event of presentOf(watched.seen)) follower.tell(event)
      watched.followers.add(follower)
      return stop
    } finally {
      watched.followers.delete(waiting)
      if (watched.followers.size === 0) stop()
    }
  }

  async poll(): Promise<void> {
    if (this.#watched.size > 0) await this.#look([...this.#watched.keys()], true)
  }

  /** This instance changed something for the user: followers see it before the next poll. */
  hurry(userId: string): void {
    if (!this.#watched.has(userId)) return
    if (this.#hurried.size === 0) setTimeout(() => this.#catchUp(), hurryMs).unref()
    this.#hurried.add(userId)
  }

  stop(): void {
    for (const { followers } of this.#watched.values()) for (const follower of [...followers]) follower.end()
    this.#watched.clear()
  }

  #catchUp(): void {
    const userIds = [...this.#hurried]
    this.#hurried.clear()
    // If this look fails, the next poll covers it and reports the error.
    this.#look(userIds).catch(() => {})
  }

  #look(userIds: string[], isOfAll = false): Promise<void> {
    const look = this.#looking.then(async () => {
      const news = await readUserNews(this.#db, userIds, this.#since)
      const since = new Date(Date.parse(news.now) - marginMs).toISOString()
      if (isOfAll || this.#since === null) this.#since = since
      const ofUser = sortByUser(news)
      for (const userId of userIds) this.#compare(userId, ofUser(userId))
    })
    this.#looking = look.catch(() => {})
    return look
  }

  #compare(userId: string, now: NewsOfUser): void {
    const watched = this.#watched.get(userId)
    if (!watched) return
    const { seen, followers } = watched
    const running = new Map(now.running.map(({ conversation_id, turn_id }) => [conversation_id, turn_id]))
    const told = new Map(now.changed.map(({ conversation_id, updated_at }) => [conversation_id, updated_at]))
    const { tasks, deleted_conversations: deletedConversations } = now.counts
    watched.seen = { tasks, deletedConversations, running, told }
    if (!seen) return
    for (const event of differences(seen, watched.seen)) for (const { tell } of [...followers]) tell(event)
  }
}

interface NewsOfUser {
  counts: { tasks: number; deleted_conversations: number }
  running: (ConversationNews & { turn_id: string })[]
  changed: UserNews['changed']
}

function sortByUser({ counts, running, changed }: UserNews): (userId: string) => NewsOfUser {
  const countsOf = new Map(counts.map(count => [count.user_id, count]))
  const runningOf = Map.groupBy(running, item => item.user_id)
  const changedOf = Map.groupBy(changed, item => item.user_id)
  return userId => ({
    counts: countsOf.get(userId) ?? { tasks: 0, deleted_conversations: 0 },
    running: runningOf.get(userId) ?? [],
    changed: changedOf.get(userId) ?? [],
  })
}

function* differences(before: Seen, now: Seen): Generator<UserEvent> {
  const conversations = new Set([...before.running.keys(), ...now.running.keys(), ...now.told.keys()])
  for (const id of conversations) {
    const isChanged = now.told.has(id) && now.told.get(id) !== before.told.get(id)
    if (isChanged || now.running.get(id) !== before.running.get(id)) yield conversationOf(id, now)
  }
  if (now.deletedConversations !== before.deletedConversations) yield conversationOf(null, now)
  if (now.tasks !== before.tasks) yield { type: 'tasks.updated', version: now.tasks }
}

/** The current state for a client that has just connected: what is running, and the version of its tasks. */
function* presentOf(seen: Seen | undefined): Generator<UserEvent> {
  if (!seen) return
  yield { type: 'tasks.updated', version: seen.tasks }
  for (const id of seen.running.keys()) yield conversationOf(id, seen)
}

const conversationOf = (id: string | null, { running }: Seen): UserEvent => ({
  type: 'conversation.updated',
  conversation_id: id,
  active_turn_id: (id && running.get(id)) ?? null,
})
