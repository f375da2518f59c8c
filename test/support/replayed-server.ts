import type { Agent } from '../../server/agent/agent.ts'
import type { TurnEvent } from '../../server/turns/event.ts'
import { type Answer, held, textStream } from './replay-answers.ts'
import { type ReplayRequest, type ReplayServer, startReplayServer } from './replay-server.ts'
import { type Client, clientOf, type Place, startServer, startServerAt, type TestServer } from './server.ts'
import { type Watcher, watch } from './turn-view.ts'

/** A server whose model is scripted by the test. */
export interface ReplayedServer extends AsyncDisposable {
  server: TestServer
  replay: ReplayServer
}

export interface Start {
  environment?: Record<string, string>
  agent?: (replay: ReplayServer) => Promise<Agent>
  place?: Place
}

export async function startReplayedServer({
  environment = {},
  agent,
  place,
}: Start = {}): Promise<ReplayedServer> {
  await using opened = new AsyncDisposableStack()
  const replay = opened.use(await startReplayServer())
  const settings = { ...modelAt(replay), ...environment }
  const made = await agent?.(replay)
  const starting = place ? startServerAt(place, settings, made) : startServer(settings, made)
  const server = opened.use(await starting)
  const stack = opened.move()
  return { server, replay, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

export const modelAt = (replay: ReplayServer) => ({
  MODEL: 'compatible/test',
  MODEL_BASE_URL: replay.url,
  MODEL_RETRIES: '0',
})

/** Prepares a test: clears requests and scripts, including those left by an earlier test, and creates a new user. */
export async function freshUser({ server, replay }: ReplayedServer): Promise<Client> {
  replay.reset()
  return clientOf(server)
}

const asEvents = { accept: 'text/event-stream' }

/** Sends a message and watches its turn; resolves when the turn has been accepted. */
export async function sayWatching(
  client: Client,
  message: string,
  conversation?: string,
  more: Record<string, unknown> = {},
): Promise<Watcher & { turn: string; conversation: string }> {
  const body = { message, ...(conversation ? { conversation_id: conversation } : {}), ...more }
  const watcher = watch(await client.open('POST', '/chat', body, asEvents))
  return { ...watcher, ...(await namesOf(watcher)) }
}

export async function follow(client: Client, turn: string): Promise<Watcher> {
  const watcher = watch(await client.open('GET', `/turns/${turn}/events`))
  await watcher.until((_, events) => events.length > 0)
  return watcher
}

async function namesOf(watcher: Watcher): Promise<{ turn: string; conversation: string }> {
  await watcher.until((_, events) => events.length > 0)
  const first: TurnEvent | undefined = watcher.events[0]
  if (first?.type !== 'turn.snapshot') throw new Error(`Begins with ${first?.type}`)
  return { turn: first.turn_id, conversation: first.conversation_id }
}

/** A turn whose model pauses after the start until `release` is called. */
export async function holdTurn(
  { replay }: Pick<ReplayedServer, 'replay'>,
  client: Client,
  { answer = textStream('First', ' answer'), after = -1, conversation }: HeldTurn = {},
) {
  const answering = held(answer, { after })
  replay.enqueue([answering])
  const watcher = await sayWatching(client, 'First', conversation)
  await answering.reached
  return { ...watcher, release: answering.release }
}

interface HeldTurn {
  answer?: Answer
  after?: number
  conversation?: string
}

interface PromptMessage {
  role: string
  content?: unknown
  tool_calls?: { function: { name: string; arguments: string } }[]
}

/** The prompt without the instructions: `user: Hello`, `assistant: Hi`, `calls: add_task {…}`, `tool: {…}`. */
export function promptOf({ body }: ReplayRequest): string[] {
  // The body of a chat completion, as our own provider package writes it.
  const messages = body.messages as PromptMessage[]
  return messages
    .filter(message => message.role !== 'system')
    .flatMap(({ role, content, tool_calls: calls = [] }) => [
      ...(textOf(content) ? [`${role}: ${textOf(content)}`] : []),
      ...calls.map(({ function: { name, arguments: given } }) => `calls: ${name} ${given}`),
    ])
}

export function instructionsOf({ body }: ReplayRequest): string {
  const messages = body.messages as PromptMessage[]
  return messages.map(({ role, content }) => (role === 'system' ? textOf(content) : '')).join('')
}

const textOf = (content: unknown): string =>
  Array.isArray(content) ? content.map(part => part.text ?? '').join('') : String(content ?? '')

/** For `expect.poll`: checks often, and gives up only when the test does. */
export const patiently = { timeout: 30_000, interval: 10 }

export interface ReadMessage {
  seq: number
  role: string
  status: string | null
  content: string
  turn_id: string
  tool_calls: { name: string; status: string }[]
}

export const messagesOf = async (client: Client, conversation: string): Promise<ReadMessage[]> =>
  (await client.call('GET', `/conversations/${conversation}/messages`)).body

/** The messages of a conversation in the version being read: `1 user: Hello`. */
export const readingOf = async (client: Client, conversation: string): Promise<string[]> =>
  (await messagesOf(client, conversation)).map(({ seq, role, content }) => `${seq} ${role}: ${content}`)

export const turnOf = async (client: Client, turn: string) =>
  (await client.call('GET', `/turns/${turn}`)).body

export const queueOf = async (client: Client, conversation: string): Promise<string[]> =>
  (await client.call('GET', `/conversations/${conversation}/turns?status=queued`)).body.map(
    (turn: { message: string }) => turn.message,
  )
