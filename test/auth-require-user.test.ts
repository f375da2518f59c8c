import { Hono } from 'hono'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createTokenVerifier } from '../server/auth/token-verifier.ts'
import { AppError } from '../server/errors.ts'
import type { ApiEnv } from '../server/routes/api.ts'
import { requireToken, requireUser } from '../server/routes/require-user.ts'
import { problemResponse } from '../server/wire/problem.ts'
import { publicUrl, secret } from './support/accounts.ts'

const tokens = createTokenVerifier({ secret, publicUrl, jwks: { keys: [] }, issuers: [] })

const app = new Hono<ApiEnv>()
app.onError(error => problemResponse(error instanceof AppError ? error : new AppError('internal')))
app.use('/api/:user_id/*', requireUser(tokens))
app.get('/api/:user_id/tasks', c => c.text(c.var.user.id))
app.get('/unnamed', requireUser(tokens), c => c.text(c.var.user.id))
app.get('/tools', requireToken(tokens), c => c.text(c.var.user.id))

const bearer = async (sub: string, exp = '1 minute') => {
  const jwt = new SignJWT({ sub }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(exp)
  return `Bearer ${await jwt.sign(new TextEncoder().encode(secret))}`
}

test.each<[string, string, string | undefined, number, string]>([
  ['a guest', '/api/ada/tasks', undefined, 401, 'unauthenticated'],
  ['a guest without a path to go to', '/api/ada/nowhere', undefined, 401, 'unauthenticated'],
  ['a forger', '/api/ada/tasks', 'Bearer a.b.c', 401, 'invalid_token'],
  ['who was here long ago', '/api/ada/tasks', await bearer('ada', '1 minute ago'), 401, 'token_expired'],
  ['the user', '/api/ada/tasks', await bearer('ada'), 200, 'ada'],
  ['another user', '/api/ada/tasks', await bearer('bob'), 403, 'forbidden'],
  ['who differs in case', '/api/ada/tasks', await bearer('Ada'), 403, 'forbidden'],
  ['a user whose id is encoded', '/api/a%2Fd%40a%20%C3%A9/tasks', await bearer('a/d@a é'), 200, 'a/d@a é'],
  ['who encodes another id', '/api/%61da/tasks', await bearer('bob'), 403, 'forbidden'],
  ['an encoding that is broken', '/api/%zz/tasks', await bearer('ada'), 403, 'forbidden'],
  ['the user on a path that names nobody', '/unnamed', await bearer('ada'), 403, 'forbidden'],
  ['the user where a token is enough', '/tools', await bearer('ada'), 200, 'ada'],
  ['a guest where a token is enough', '/tools', undefined, 401, 'unauthenticated'],
])('%s at %s', async (_, path, authorization, status, outcome) => {
  const answer = await app.request(path, { headers: authorization ? { authorization } : {} })
  expect(answer.status).toBe(status)
  expect(status === 200 ? await answer.text() : (await answer.json()).code).toBe(outcome)
  expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
})
