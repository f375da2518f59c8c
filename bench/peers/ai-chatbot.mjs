import { createHash } from 'node:crypto'
import {
  convertToModelMessages,
  createUIMessageStream,
  createUIMessageStreamResponse,
  isStepCount,
  streamText,
  toUIMessageStream,
} from 'ai'
import { and, asc, count, eq, gte } from 'drizzle-orm'
import { json, pgTable, text, timestamp, uuid, varchar } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { connections, databaseUrl, instantModel, instructions, servePeer } from './peer.mjs'

/**
 * What the chat route of vercel/ai-chatbot does in its order: count the user's messages of a day, look for the chat, make
 * it, insert the message, stream, insert the answer. LEAN: with the indexes its migrations lack and without the count.
 */

const isLean = Boolean(process.env.LEAN)
const dayMs = 86_400_000

const chats = pgTable('chats', {
  id: uuid().primaryKey(),
  createdAt: timestamp().notNull(),
  title: text().notNull(),
  userId: uuid().notNull(),
  visibility: varchar().notNull(),
})
const messages = pgTable('messages', {
  id: uuid().primaryKey(),
  chatId: uuid().notNull(),
  role: varchar().notNull(),
  parts: json().notNull(),
  attachments: json().notNull(),
  createdAt: timestamp().notNull(),
})

const sql = postgres(databaseUrl, { max: connections, onnotice: () => {} })
await sql.unsafe(`
  create table users (id uuid primary key);
  insert into users select md5('user' || n)::uuid from generate_series(0, 499) n;
  create table chats (id uuid primary key, "createdAt" timestamp not null, title text not null,
    "userId" uuid not null references users, visibility varchar not null);
  create table messages (id uuid primary key, "chatId" uuid not null references chats, role varchar not null,
    parts json not null, attachments json not null, "createdAt" timestamp not null);
`)
if (isLean)
  await sql.unsafe('create index on messages ("chatId", "createdAt"); create index on chats ("userId")')
const db = drizzle(sql)
const model = instantModel(4)

const userIdOf = user =>
  createHash('md5')
    .update(user)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const rowOf = (chatId, { id, role, parts }) => ({
  id,
  chatId,
  role,
  parts,
  attachments: [],
  createdAt: new Date(),
})

async function countToday(userId) {
  const isHisToday = and(
    eq(chats.userId, userId),
    gte(messages.createdAt, new Date(Date.now() - dayMs)),
    eq(messages.role, 'user'),
  )
  const [counted] = await db
    .select({ said: count(messages.id) })
    .from(messages)
    .innerJoin(chats, eq(messages.chatId, chats.id))
    .where(isHisToday)
  return counted.said
}

async function openChat(id, userId) {
  const [chat] = await db.select().from(chats).where(eq(chats.id, id))
  if (chat) return db.select().from(messages).where(eq(messages.chatId, id)).orderBy(asc(messages.createdAt))
  await db
    .insert(chats)
    .values({ id, createdAt: new Date(), title: 'New chat', userId, visibility: 'private' })
  return []
}

servePeer(async ({ user, message, conversation }) => {
  const userId = userIdOf(user)
  if (!isLean && (await countToday(userId)) > 1e9) throw new Error('Enough for today')
  const earlier = await openChat(conversation, userId)
  const said = { id: crypto.randomUUID(), role: 'user', parts: [{ type: 'text', text: message }] }
  await db.insert(messages).values(rowOf(conversation, said))
  const prompt = await convertToModelMessages([...earlier, said])
  const stream = createUIMessageStream({
    execute: ({ writer }) => {
      const { stream } = streamText({ model, instructions, messages: prompt, stopWhen: isStepCount(5) })
      writer.merge(toUIMessageStream({ stream, sendReasoning: true }))
    },
    generateId: () => crypto.randomUUID(),
    onEnd: async ({ messages: made }) => {
      await db.insert(messages).values(made.map(each => rowOf(conversation, each)))
    },
  })
  return createUIMessageStreamResponse({ stream })
})
