import { Agent } from '@mastra/core/agent'
import { Mastra } from '@mastra/core/mastra'
import { Memory } from '@mastra/memory'
import { PostgresStore } from '@mastra/pg'
import { connections, databaseUrl, historyMessages, instantModel, instructions, servePeer } from './peer.mjs'

/** Mastra: an agent whose threads are kept in Postgres, called in a plain handler; its own server costs it more. */

const storage = new PostgresStore({ id: 'bench', connectionString: databaseUrl, max: connections })
const options = {
  lastMessages: historyMessages,
  semanticRecall: false,
  workingMemory: { enabled: false },
  generateTitle: false,
}
const agent = new Agent({
  id: 'chat',
  name: 'chat',
  instructions,
  model: instantModel(3),
  memory: new Memory({ storage, options }),
})
new Mastra({ agents: { chat: agent }, storage, logger: false })
await storage.init()

servePeer(async ({ c, user, message, conversation }) => {
  const result = await agent.stream(message, { memory: { thread: conversation, resource: user } })
  let response = ''
  for await (const part of result.fullStream) if (part.type === 'text-delta') response += part.payload.text
  return c.json({ conversation_id: conversation, response })
})
