import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from './context.ts'
import { answerError, answerNotFound } from './routes/answer-error.ts'
import type { ApiEnv } from './routes/api.ts'
import { authRoutes } from './routes/auth.ts'
import { boundBody } from './routes/bound-body.ts'
import { chatRoutes } from './routes/chat.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { EventStreams } from './routes/event-streams.ts'
import { healthRoutes } from './routes/health.ts'
import { identifyRequest } from './routes/identify-request.ts'
import { messageRoutes } from './routes/messages.ts'
import { describeApi } from './routes/openapi.ts'
import { pageRoutes } from './routes/page.ts'
import { requireUser } from './routes/require-user.ts'
import { taskRoutes } from './routes/tasks.ts'
import { toolCallRoutes } from './routes/tool-calls.ts'
import { turnRoutes } from './routes/turns.ts'
import { versionRoutes } from './routes/versions.ts'

/** The sitemap: middleware, then every route in order. */
export function createApp({ config, log, db, engine, accounts, tokens }: Context) {
  const turns = { engine, streams: new EventStreams(), responseWaitMs: config.responseWaitSeconds * 1000 }
  const app = new OpenAPIHono<ApiEnv>()
  app.onError(answerError)
  app.notFound(answerNotFound(app))
  app.use(identifyRequest(log))

  app.route('/', pageRoutes())
  app.route('/', healthRoutes(db))
  app.route('/', authRoutes(accounts))

  app.use('/api/:user_id/*', requireUser(tokens), boundBody(config.maxBodyBytes))
  app.route('/', chatRoutes(turns))
  app.route('/', turnRoutes(turns))
  app.route('/', toolCallRoutes({ db, engine }))
  app.route('/', versionRoutes(turns))
  app.route('/', conversationRoutes({ db, engine }))
  app.route('/', messageRoutes({ db }))
  app.route('/', taskRoutes({ db }))
  describeApi(app)
  return app
}
