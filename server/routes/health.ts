import { type Check, failed } from '../checks/check.ts'
import type { Lifetime } from '../context.ts'
import type { Database } from '../db/database.ts'
import { checkReadiness } from '../doctor.ts'
import { AppError } from '../errors.ts'
import { problemOf } from '../wire/problem.ts'
import { createApi } from './api.ts'

/**
 * `/healthz`: the process is running. `/readyz`: it can serve, as a query to its database confirms. Both are public.
 */
export function healthRoutes(db: Database, lifetime: Pick<Lifetime, 'isStopping'> = { isStopping: false }) {
  const routes = createApi()
  const askOnce = sharing(() => checkReadiness(db))

  routes.get('/healthz', c => c.json({ status: 'ok' }, 200, headers))

  routes.get('/readyz', async c => {
    const stopping = [failed('lifetime', 'The server was told to stop')]
    const checks = lifetime.isStopping ? stopping : await askOnce()
    const wrong = checks.filter(check => !check.ok)
    if (wrong.length === 0) return c.json({ status: 'ok', checks }, 200, headers)
    const code = lifetime.isStopping ? 'server_stopping' : 'database_unavailable'
    const problem = problemOf(
      new AppError(code, wrong.map(check => check.detail).join('; ')),
      c.get('requestId'),
    )
    return c.json({ ...problem, checks }, 503, { ...headers, 'content-type': 'application/problem+json' })
  })

  return routes
}

/** `doctor` recognises our server by this name. */
const headers = { 'cache-control': 'no-store', server: 'Colloquy' }

/** Concurrent requests share one query of the database. */
function sharing(ask: () => Promise<Check[]>): () => Promise<Check[]> {
  let asking: Promise<Check[]> | undefined
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
