/**
 * An AG-UI client: a run, a question as an interrupt, and its answer.
 *
 *   TOKEN=$(npm run --silent token -- --user ada) npx node examples/ag-ui/chat.ts
 */
import { HttpAgent } from '@ag-ui/client'

const { COLLOQUY_URL: url = 'http://127.0.0.1:3000', TOKEN: token = '' } = process.env

const agent = new HttpAgent({
  url: `${url}/ag-ui`,
  headers: { authorization: `Bearer ${token}` },
  threadId: crypto.randomUUID(),
})

/** Runs the agent and shows the answer as it comes; what the server asks is in `pendingInterrupts`. */
async function run(parameters: Parameters<HttpAgent['runAgent']>[0] = {}): Promise<void> {
  process.stdout.write('assistant: ')
  await agent.runAgent(parameters, {
    onTextMessageContentEvent: ({ event }) => void process.stdout.write(event.delta),
    onRunErrorEvent: ({ event }) => {
      throw new Error(event.message)
    },
  })
  process.stdout.write('\n')
}

function say(content: string): Promise<void> {
  console.log(`you: ${content}`)
  agent.addMessage({ id: crypto.randomUUID(), role: 'user', content })
  return run()
}

await say('Add a task to buy groceries')
await say('Delete the task to buy groceries')
const resume = agent.pendingInterrupts.map(({ id }) => ({
  interruptId: id,
  status: 'resolved' as const,
  payload: { approved: true },
}))
await run({ resume })
await say('What is on my list?')
