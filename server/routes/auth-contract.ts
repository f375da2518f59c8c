import type { RouteConfig } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { json, requiredBody } from './contract.ts'

/** The account routes that an API client needs; Better Auth answers them, errors included. */

const tags = ['Accounts']

const user = z.looseObject({ id: z.string(), email: z.email(), name: z.string() })

const session = json(
  z
    .looseObject({ token: z.string().nullable().describe("The session's, as a bearer for /api/auth"), user })
    .openapi('Session', {
      example: { token: 'xYz…', user: { id: 'u1', email: 'ada@example.com', name: 'Ada' } },
    }),
)

const refusal = (description: string) => ({
  description,
  content: json(z.looseObject({ code: z.string().optional(), message: z.string().optional() })),
})

const password = z.string().min(8).max(72)
const credentials = z.object({ email: z.email(), password })

const signUp: RouteConfig = {
  method: 'post',
  path: '/api/auth/sign-up/email',
  tags,
  summary: 'Make an account',
  security: [],
  request: {
    body: requiredBody(z.object({ ...credentials.shape, name: z.string().openapi({ example: 'Ada' }) })),
  },
  responses: {
    200: { description: 'The account and a session, also as a cookie', content: session },
    400: refusal('Something is not valid'),
    422: refusal('There is such an account already'),
    429: refusal('Too many attempts'),
  },
}

const signIn: RouteConfig = {
  method: 'post',
  path: '/api/auth/sign-in/email',
  tags,
  summary: 'Begin a session',
  security: [],
  request: { body: requiredBody(credentials) },
  responses: {
    200: { description: 'The session, also as a cookie', content: session },
    400: refusal('Something is not valid'),
    401: refusal('No such account, or another password'),
    429: refusal('Too many attempts'),
  },
}

const token: RouteConfig = {
  method: 'get',
  path: '/api/auth/token',
  tags,
  summary: 'Get a token for the API',
  description: 'It lives 15 minutes; ask again with the session.',
  security: [{ session: [] }, { bearer: [] }],
  responses: {
    200: { description: 'The token', content: json(z.object({ token: z.string() })) },
    401: refusal('No session'),
  },
}

const keys: RouteConfig = {
  method: 'get',
  path: '/api/auth/jwks',
  tags,
  summary: 'Read the public keys that tokens are signed with',
  security: [],
  responses: {
    200: {
      description: 'A JSON Web Key Set (RFC 7517)',
      content: json(z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) })),
    },
  },
}

export const accountPaths = [signUp, signIn, token, keys]
