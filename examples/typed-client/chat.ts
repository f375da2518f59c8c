/**
 * The typed client: an answer as it is made, through lost connections, with a question in between.
 *
 *   TOKEN=$(npm run --silent token -- --user ada) npx node examples/typed-client/chat.ts
 */
import { createClient } from '../../client/client.ts'
import type { Part } from '../../client/contract.ts'
import { showEvent } from '../../client/turn-events.ts'

const {
  COLLOQUY_URL: url = 'http://127.0.0.1:3000',
  COLLOQUY_USER: userId = 'ada',
  TOKEN: token = '',
} = process.env
const client = createClient({ url, userId, token })

/** Says something and shows the answer; returns what the turn has come to. */
async function say(message: string, conversationId?: string) {
  let parts: readonly Part[] = []
  for await (const event of client.stream(message, conversationId ? { conversationId } : {})) {
    parts = showEvent(parts, event)
    if ('response' in event) {
      console.log(`you: ${message}\nassistant: ${event.response}`)
      return event
    }
  }
  throw new Error('The stream ended before the answer')
}

const added = await say('Add a task to buy groceries')
const asked = await say('Delete the task to buy groceries', added.conversation_id)
const call = asked.tool_calls.find(({ status }) => status === 'awaiting_approval')
if (call) {
  await client.approve(call.id)
  for await (const event of client.follow(asked.turn_id))
    if ('response' in event) console.log(`assistant: ${event.response}`)
}
const { items } = await client.tasks.page()
console.log(`tasks: ${items.length}`)
