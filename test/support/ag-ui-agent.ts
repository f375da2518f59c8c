import { HttpAgent, type Message, type RunAgentInput } from '@ag-ui/client'
import { EventSchemas } from '@ag-ui/core/schemas'
import type { Client } from './server.ts'

export type Event = { type: string } & Record<string, unknown>

let threads = 0

/** HttpAgent with the one method needed to come back to a thread; keeps every event as received. */
export class Agent extends HttpAgent {
  readonly events: Event[] = []

  constructor(
    server: { url: string },
    client: Client,
    threadId = `thread-${++threads}`,
    messages: Message[] = [],
  ) {
    super({
      url: `${server.url}/ag-ui`,
      headers: { authorization: `Bearer ${client.token}` },
      threadId,
      initialMessages: messages,
    })
  }

  protected override connect(input: RunAgentInput) {
    const { url } = this
    this.url = `${url}/connect`
    const events = this.run(input)
    this.url = url
    return events
  }

  async say(content: string, id = `m-${++threads}`): Promise<Event[]> {
    this.addMessage({ id, role: 'user', content })
    return this.go()
  }

  async go(parameters: Parameters<HttpAgent['runAgent']>[0] = {}): Promise<Event[]> {
    return this.#watched(() => this.runAgent(parameters, this.#subscriber))
  }

  async comeBack(): Promise<Event[]> {
    return this.#watched(() => this.connectAgent({}, this.#subscriber))
  }

  async #watched(work: () => Promise<unknown>): Promise<Event[]> {
    const from = this.events.length
    await work()
    return this.events.slice(from)
  }

  readonly #subscriber = {
    onEvent: ({ event }: { event: unknown }) => {
      this.events.push(EventSchemas.parse(event) as Event)
    },
  }

  /** One line per message: `user: Hello`, `assistant: Hi | add_task`, `tool: {…}`. */
  get shown(): string[] {
    return this.messages.map(message => {
      const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : []
      const said = [message.content ?? '', ...calls.map(call => call.function.name)].filter(Boolean)
      return `${message.role}: ${said.join(' | ')}`
    })
  }
}
