import { createRoute } from '@hono/zod-openapi'
import { eventStream, ofUser, problem, problems } from './contract.ts'

export const events = createRoute({
  method: 'get',
  path: '/api/{user_id}/events',
  tags: ['Events'],
  summary: 'Follow what changes for the user',
  description: `Server-Sent Events, from any instance, for as long as a token lives; then connect again, and read everything again.

\`conversation.updated {conversation_id, active_turn_id}\`: a conversation is new, was changed, or has another turn running (null: none); \`conversation_id\` null: one was deleted, list them again. \`tasks.updated {version}\`: read the tasks again. It begins with the tasks' version and the conversations in which a turn runs.`,
  request: { params: ofUser },
  responses: {
    200: eventStream('The events', 'UserEvent'),
    ...problems,
    503: problem('The database is not available', 'database_unavailable'),
  },
})
