import { createRoute, z } from '@hono/zod-openapi'
import { answer, clientName, problem, problems, requiredBody } from './contract.ts'
import { turnSchema } from './turn-schema.ts'

/** AG-UI 1.0, and CopilotKit's paths for it: docs/protocols/ag-ui.md. */

const tags = ['AG-UI']

/** Only the fields that are read here; the protocol's own schema validates the rest. */
const runBody = z
  .looseObject({ threadId: clientName, runId: clientName, messages: z.array(z.unknown()) })
  .openapi('RunAgentInput')

const stopBody = z.object({ threadId: clientName }).openapi('StopRun')
const ofAgent = z.object({ agent: z.string().max(255) })
const ofThread = ofAgent.extend({ thread_id: clientName })

const events = {
  description: 'The events of the run',
  content: { 'text/event-stream': { schema: z.string() } },
}
const problemsOfOne = { ...problems, 404: problem('No such conversation', 'conversation_not_found') }
const running = {
  method: 'post',
  tags,
  summary: 'Run: a new message, an answer to a question, or another answer to the same message',
  description: 'The server owns the history: of `messages` only the newest of the user are read.',
  responses: {
    200: events,
    ...problemsOfOne,
    409: problem('The conversation is busy, or a question is not answered', 'conversation_busy', 'conflict'),
    422: problem('The run id was used for another message'),
    429: problem('A limit; see Retry-After'),
    503: problem('The database is not available', 'database_unavailable'),
  },
} as const
const connecting = {
  method: 'post',
  tags,
  summary: 'Come back to a thread: all its messages, then the running turn',
  responses: { 200: events, ...problemsOfOne },
} as const
const stopping = {
  method: 'post',
  tags,
  summary: 'Stop the running turn',
  responses: {
    200: answer('The turn', turnSchema),
    202: answer('It is being stopped', turnSchema),
    204: { description: 'Nothing runs' },
    ...problemsOfOne,
  },
} as const
const body = requiredBody(runBody)

export const run = createRoute({ ...running, path: '/ag-ui', request: { body } })
export const connect = createRoute({ ...connecting, path: '/ag-ui/connect', request: { body } })
export const stop = createRoute({
  ...stopping,
  path: '/ag-ui/stop',
  request: { body: requiredBody(stopBody) },
})

export const runAgent = createRoute({
  ...running,
  path: '/ag-ui/agent/{agent}/run',
  request: { params: ofAgent, body },
})
export const connectAgent = createRoute({
  ...connecting,
  path: '/ag-ui/agent/{agent}/connect',
  request: { params: ofAgent, body },
})
export const stopAgent = createRoute({
  ...stopping,
  path: '/ag-ui/agent/{agent}/stop/{thread_id}',
  request: { params: ofThread },
})

export const info = createRoute({
  method: 'get',
  path: '/ag-ui/info',
  tags,
  summary: 'What this agent can do',
  responses: {
    200: answer('As CopilotKit asks for it', z.looseObject({ version: z.string(), mode: z.string() })),
    ...problems,
  },
})
