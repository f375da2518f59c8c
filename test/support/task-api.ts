import { HTTPException } from 'hono/http-exception'
import type { Database } from '../../server/db/database.ts'
import { AppError } from '../../server/errors.ts'
import { createApi } from '../../server/routes/api.ts'
import { taskRoutes } from '../../server/routes/tasks.ts'
import type { TaskView } from '../../server/store/task-view.ts'
import { problemResponse } from '../../server/wire/problem.ts'

/** The task routes with fake authentication: a header names the caller. */
function taskApp(db: Database) {
  const app = createApi()
  app.onError((error, c) => {
    if (error instanceof HTTPException) return problemResponse(new AppError('invalid', error.message))
    if (error instanceof AppError) return problemResponse(error)
    return c.json({ unexpected: String(error), cause: String(error.cause) }, 500)
  })
  app.use('/api/:user_id/*', async (c, next) => {
    c.set('user', { id: c.req.header('x-user') ?? 'alice', email: undefined, name: undefined })
    await next()
  })
  app.route('/', taskRoutes({ db }))
  return app
}

export interface Answer<Body> {
  status: number
  body: Body
  next: string | undefined
}

export interface Sending {
  user?: string
  body?: unknown
  /** Sent unchanged instead of `body`. */
  raw?: string
}

/** Sends requests as one user, under their own path. */
export function taskClient(db: Database, user = 'alice') {
  const app = taskApp(db)

  async function send<Body>(
    method: string,
    path: string,
    { body, raw, user: by }: Sending = {},
  ): Promise<Answer<Body>> {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await app.request(path.startsWith('/api/') ? path : `/api/${user}/tasks${path}`, {
      method,
      headers: {
        'x-user': by ?? user,
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(text === undefined ? {} : { body: text }),
    })
    const answer = await response.text()
    const next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
    // The test states the body's type and checks it by its expectations.
    return { status: response.status, body: (answer === '' ? null : JSON.parse(answer)) as Body, next }
  }

  return {
    app,
    send,
    list: (query = '') => send<TaskView[]>('GET', query),
    async add(fields: Record<string, unknown>): Promise<TaskView> {
      const { status, body } = await send<TaskView>('POST', '', { body: fields })
      if (status !== 201) throw new Error(`A task was refused: ${JSON.stringify(body)}`)
      return body
    },
    read: (id: number) => send<TaskView>('GET', `/${id}`),
    change: (id: number, fields: Record<string, unknown>) =>
      send<TaskView>('PUT', `/${id}`, { body: fields }),
    complete: (id: number, completed?: boolean) =>
      send<TaskView>('PATCH', `/${id}/complete`, completed === undefined ? {} : { body: { completed } }),
  }
}
