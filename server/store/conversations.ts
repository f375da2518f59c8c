import { and, asc, desc, eq, getTableColumns, ilike, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { containing } from '../db/containing.ts'
import type { Tx } from '../db/database.ts'
import { conversations, externalIds, messages } from '../db/schema.ts'
import { AppError } from '../errors.ts'
import { countDeletedConversation } from './user-changes.ts'

export type Conversation = typeof conversations.$inferSelect

/** A place in a list ordered by activity. */
export interface ActivityCursor {
  /** Microseconds since 1970, the column's precision: a value in milliseconds could match several places. */
  activity: string
  id: string
}

export interface ConversationPage {
  /** Words in the title or in a message. */
  search: string | undefined
  archived: 'true' | 'false' | 'only'
  after: ActivityCursor | undefined
  limit: number
  oldestFirst?: boolean
}

/** How many of a user's newest messages a search scans; row-level security prevents the use of a full-text index. */
const searchedMessages = 50_000

/** Newest activity first, unless the page says otherwise. Served by conversations_activity. */
export function pageConversations(
  tx: Tx,
  userId: string,
  page: ConversationPage,
): Promise<(Conversation & ActivityCursor)[]> {
  const { search, archived, after, limit, oldestFirst = false } = page
  const inOrder = oldestFirst ? asc : desc
  return tx
    .select({ ...getTableColumns(conversations), activity })
    .from(conversations)
    .where(
      and(
        eq(conversations.userId, userId),
        archived === 'true' ? undefined : isArchived[archived](conversations.archivedAt),
        after && (oldestFirst ? newerThan(after) : olderThan(after)),
        search ? matches(userId, search) : undefined,
      ),
    )
    .orderBy(inOrder(conversations.updatedAt), inOrder(conversations.id))
    .limit(limit)
}

const isArchived = { only: isNotNull, false: isNull }

const activity = sql<string>`(extract(epoch from ${conversations.updatedAt}) * 1000000)::bigint::text`

const placeOf = ({ activity, id }: ActivityCursor): SQL =>
  sql`(timestamptz 'epoch' + ${activity}::bigint * interval '1 microsecond', ${id}::uuid)`
const ownPlace = sql`(${conversations.updatedAt}, ${conversations.id})`
const olderThan = (place: ActivityCursor): SQL => sql`${ownPlace} < ${placeOf(place)}`
const newerThan = (place: ActivityCursor): SQL => sql`${ownPlace} > ${placeOf(place)}`

/** A conversation's place in the list by activity. Throws conversation_not_found. */
export async function requireActivity(tx: Tx, userId: string, id: string): Promise<ActivityCursor> {
  const [found] = await tx
    .select({ id: conversations.id, activity })
    .from(conversations)
    .where(ofUser(userId, id))
  if (!found) throw new AppError('conversation_not_found')
  return found
}

function matches(userId: string, search: string): SQL | undefined {
  const pattern = containing(search)
  return or(
    ilike(conversations.title, pattern),
    sql`${conversations.id} in (
      select conversation_id from (
        select m.conversation_id, m.content, m.live from ${messages} m where m.user_id = ${userId}
         order by m.conversation_id desc, m.seq desc limit ${searchedMessages}) newest
       where live and content ilike ${pattern})`,
  )
}

export async function findConversation(
  tx: Tx,
  userId: string,
  id: string,
): Promise<Conversation | undefined> {
  const [found] = await tx.select().from(conversations).where(ofUser(userId, id))
  return found
}

export async function requireConversation(tx: Tx, userId: string, id: string): Promise<Conversation> {
  return required(await findConversation(tx, userId, id))
}

function required(conversation: Conversation | undefined): Conversation {
  if (!conversation) throw new AppError('conversation_not_found')
  return conversation
}

export async function insertConversation(
  tx: Tx,
  userId: string,
  { id, title }: { id: string; title: string },
): Promise<Conversation> {
  const [inserted] = await tx.insert(conversations).values({ userId, id, title }).returning()
  if (!inserted) throw new Error('An insert returned no row')
  return inserted
}

export interface ConversationChange {
  title?: string
  archived?: boolean
}

export async function updateConversation(
  tx: Tx,
  userId: string,
  { id, title, archived }: ConversationChange & { id: string },
): Promise<Conversation> {
  const [updated] = await tx
    .update(conversations)
    .set({
      ...(title === undefined ? {} : { title }),
      ...(archived === undefined ? {} : { archivedAt: archived ? sql`now()` : null }),
      updatedAt: sql`now()`,
    })
    .where(ofUser(userId, id))
    .returning()
  return required(updated)
}

/** Also deletes its turns, messages and tool calls. Throws conversation_not_found. */
export async function deleteConversation(tx: Tx, userId: string, id: string): Promise<void> {
  const [deleted] = await tx.delete(conversations).where(ofUser(userId, id)).returning()
  required(deleted)
  await countDeletedConversation(tx, userId)
  // Otherwise a client that generates its own ids would recreate the conversation by posting to it.
  await tx.insert(externalIds).values({ userId, externalId: id, conversationId: id }).onConflictDoNothing()
}

const ofUser = (userId: string, id: string) => and(eq(conversations.userId, userId), eq(conversations.id, id))
