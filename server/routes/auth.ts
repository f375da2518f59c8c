import type { Context } from 'hono'
import type { Accounts } from '../auth/accounts.ts'
import { type ApiEnv, createApi } from './api.ts'
import { accountPaths } from './auth-contract.ts'
import { boundSize } from './bound-body.ts'

const maxBodyBytes = 16_384

/** `/api/auth/*`: sign-up, sign-in, sign-out, sessions, tokens, keys. Must precede routes under `/api/:user_id`. */
export function authRoutes(accounts: Accounts) {
  const api = createApi()
  for (const path of accountPaths) api.openAPIRegistry.registerPath(path)
  api.all('/api/auth/*', boundSize(maxBodyBytes), async c => {
    const answer = await accounts.handler(await readWhole(c), c.env?.incoming?.socket.remoteAddress)
    if (c.var.requestId) answer.headers.set('x-request-id', c.var.requestId)
    return answer
  })
  return api
}

/** The library clones requests, which requires a fully received body, and does not know HEAD. */
async function readWhole(c: Context<ApiEnv>): Promise<Request> {
  const { url } = c.req
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
  const body = method === 'GET' ? null : await c.req.arrayBuffer()
  return new Request(url, { method, headers: c.req.raw.headers, body })
}
