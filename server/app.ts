import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from './context.ts'
import { agUiRoutes } from './routes/ag-ui.ts'
import { aiSdkRoutes } from './routes/ai-sdk.ts'
import { answerError, answerNotFound } from './routes/answer-error.ts'
import type { ApiEnv } from './routes/api.ts'
import { authRoutes } from './routes/auth.ts'
import { boundBody } from './routes/bound-body.ts'
import { chatRoutes } from './routes/chat.ts'
import { chatKitRoutes } from './routes/chatkit.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { countAnswering } from './routes/count-answering.ts'
import { docsRoutes } from './routes/docs.ts'
import { EventStreams } from './routes/event-streams.ts'
import { eventRoutes } from './routes/events.ts'
import { feedbackRoutes } from './routes/feedback.ts'
import { guardAnswers } from './routes/guard-answers.ts'
import { healthRoutes } from './routes/health.ts'
import { identifyRequest } from './routes/identify-request.ts'
import { mcpRoutes } from './routes/mcp.ts'
import { messageRoutes } from './routes/messages.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { describeApi } from './routes/openapi.ts'
import { pageRoutes } from './routes/page.ts'
import { readPageFiles } from './routes/page-files.ts'
import { reminderRoutes } from './routes/reminders.ts'
import { requireToken, requireUser } from './routes/require-user.ts'
import { settingsRoutes } from './routes/settings.ts'
import { taskRoutes } from './routes/tasks.ts'
import { toolCallRoutes } from './routes/tool-calls.ts'
import { turnRoutes } from './routes/turns.ts'
import { usageRoutes } from './routes/usage.ts'
import { userDataRoutes } from './routes/user-data.ts'
import { versionRoutes } from './routes/versions.ts'

/** Clients that hold the history post all of it with every message. */
const maxHistoryBytes = 8_388_608

/** The app: middleware, then every route in order. */
export function createApp(context: Context, scrape = () => context.telemetry.metrics.text()) {
  const { config, log, telemetry, db, engine, accounts, tokens, lifetime, sealingKey } = context
  const turns = {
    engine,
    streams: new EventStreams(config),
    responseWaitMs: config.responseWaitSeconds * 1000,
  }
  const app = new OpenAPIHono<ApiEnv>()
  telemetry.metrics.gauge('streams_open', 'Streams of events that are open', {
    read: () => [{ value: turns.streams.size }],
  })
  app.onError(answerError)
  const page = readPageFiles()
  app.notFound(answerNotFound(app, page))
  app.use(countAnswering(lifetime))
  app.use(identifyRequest(telemetry), guardAnswers(config))

  app.route('/', pageRoutes(page))
  app.route('/', docsRoutes())
  app.route('/', healthRoutes(db, lifetime))
  app.route('/', metricsRoutes({ token: config.metricsToken, scrape }))
  app.route('/', authRoutes(accounts))

  app.use('/api/:user_id/*', requireUser(tokens), boundBody(config.maxBodyBytes))
  app.route('/', chatRoutes(turns))
  app.route('/', turnRoutes(turns))
  app.route('/', toolCallRoutes({ db, engine }))
  app.route('/', versionRoutes(turns))
  app.route('/', conversationRoutes({ db, engine }))
  app.route('/', messageRoutes({ db }))
  app.route('/', feedbackRoutes({ db }))
  app.route('/', userDataRoutes({ db, engine }))
  app.route('/', taskRoutes({ db }))
  app.route('/', reminderRoutes({ db }))
  app.route('/', settingsRoutes({ db }))
  app.route('/', usageRoutes({ db, config }))
  app.route('/', eventRoutes(turns))
  app.route('/', mcpRoutes({ config, log, engine, tokens, sealingKey }))

  app.use('/ai-sdk/*', requireToken(tokens), boundBody(maxHistoryBytes))
  app.route('/', aiSdkRoutes(turns))
  app.use('/ag-ui/*', requireToken(tokens), boundBody(maxHistoryBytes))
  app.route('/', agUiRoutes(turns))
  app.use('/chatkit', requireToken(tokens), boundBody(config.maxBodyBytes))
  app.route('/', chatKitRoutes(turns))
  describeApi(app)
  return app
}
