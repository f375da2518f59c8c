import { AIMessageChunk } from '@langchain/core/messages'
import { FakeStreamingChatModel } from '@langchain/core/utils/testing'
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import pg from 'pg'
import { connections, databaseUrl, historyMessages, servePeer, words } from './peer.mjs'

/** LangGraph: a graph of one node, its checkpoints in Postgres, with its default durability. */

const checkpointer = new PostgresSaver(new pg.Pool({ connectionString: databaseUrl, max: connections }))
await checkpointer.setup()
const chunks = words.map(content => new AIMessageChunk({ content }))
const model = new FakeStreamingChatModel({ sleep: 0, chunks })
const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', async (state, config) => ({
    messages: [await model.invoke(state.messages.slice(-historyMessages), config)],
  }))
  .addEdge(START, 'model')
  .compile({ checkpointer })

servePeer(async ({ c, user, message, conversation }) => {
  const stream = await graph.stream(
    { messages: [{ role: 'user', content: message }] },
    { configurable: { thread_id: `${user}:${conversation}` }, streamMode: 'messages' },
  )
  let response = ''
  for await (const [chunk] of stream) response += chunk.content
  return c.json({ conversation_id: conversation, response })
})
