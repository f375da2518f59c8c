import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { json, problem, requiredBody } from './contract.ts'

/** OpenAPI can describe only where MCP is; its messages are the protocol's own: docs/protocols/mcp.md. */

const tags = ['MCP']

const message = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]).nullish(),
  method: z.string().optional(),
})

const call = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'add_task', arguments: { title: 'Buy groceries' } },
}

const result = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: '{"task_id":1}' }] } }

export const mcpPost: RouteConfig = {
  method: 'post',
  path: '/mcp',
  tags,
  summary: "Use the agent's tools over the Model Context Protocol",
  description: 'Stateless: each request stands alone. Failures of a tool are results of its call.',
  request: { body: requiredBody(message.openapi('McpMessage', { example: call })) },
  responses: {
    200: {
      description: 'The result, as JSON or as the one event of a stream',
      content: {
        ...json(message.openapi({ example: result })),
        'text/event-stream': {
          schema: z.string(),
          example: `event: message\ndata: ${JSON.stringify(result)}\n\n`,
        },
      },
    },
    202: { description: 'The notification was received' },
    400: { description: 'Not a message of the protocol', content: json(message) },
    401: problem('No valid token; WWW-Authenticate names the metadata of the resource'),
    403: { description: 'Of another origin, or for another host', content: json(message) },
  },
}

export const protectedResource: RouteConfig = {
  method: 'get',
  path: '/.well-known/oauth-protected-resource/mcp',
  tags,
  summary: 'Read where tokens for /mcp come from',
  description: 'RFC 9728. Open to anyone.',
  security: [],
  responses: {
    200: {
      description: 'The metadata',
      content: json(
        z.object({
          resource: z.url(),
          resource_name: z.string(),
          resource_documentation: z.url(),
          bearer_methods_supported: z.array(z.literal('header')),
          authorization_servers: z.array(z.url()).optional(),
        }),
      ),
    },
  },
}
