import cluster from 'node:cluster'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Config, onPort, readConfig } from '../config.ts'
import { nameDatabase } from '../db/open-database.ts'
import { createLogger, type Logger } from '../telemetry.ts'
import { type Command, CommandError, readCount } from './command.ts'
import { listen } from './listen.ts'
import { gatherMetrics } from './worker-metrics.ts'
import { hangUp, reportServing, runWorkers } from './workers.ts'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Runs the server until it is told to stop (the default)',
  help: `Settings come from the environment and from the file .env of the working directory; see .env.example.
SIGTERM or Ctrl+C stops it: /readyz fails for SHUTDOWN_DELAY_SECONDS, then the port closes and what is being answered
gets SHUTDOWN_GRACE_SECONDS. A second one stops at once.`,
  options: [
    {
      name: 'workers',
      value: 'N',
      summary: 'how many processes share the port (default 1; needs DATABASE_URL)',
    },
  ],
  run: async ({ workers }) => {
    const settings = readConfig()
    const log = createLogger(settings.logLevel)
    const count = readCount('workers', workers, { min: 1, max: 999, fallback: 1 })
    if (count > 1 && settings.databaseUrl === undefined)
      throw new CommandError('--workers needs DATABASE_URL: the embedded database serves one process')
    if (count > 1 && cluster.isPrimary) return runWorkers(count, log)
    return serve(settings, log).finally(hangUp)
  },
}

/** Next to the packages, not in the system's temporary folder, where others could plant code. */
const compiledCode = join(import.meta.dirname, '../../node_modules/.cache/colloquy')

/** Serves until a signal stops it. */
async function serve(settings: Config, log: Logger): Promise<number> {
  // Bind the port first: a process that cannot serve must not touch the database. Undone in reverse.
  await using listening = await listen(settings)
  // Loaded here, so that other commands start fast. If the cache cannot be written, code is compiled each time.
  enableCompileCache(compiledCode)
  const [{ createApp }, { createContext }] = await Promise.all([import('../app.ts'), import('../context.ts')])
  const config = onPort(settings, listening.port)
  await using context = await createContext(config, log)
  const scrape = cluster.isWorker ? gatherMetrics(context.telemetry.metrics) : undefined
  listening.answerWith(createApp(context, scrape).fetch)
  log.info({ url: urlOf(config), public_url: config.publicUrl, ...agentOf(config) }, 'listening')
  reportServing()
  if (process.stdout.isTTY) greet(config)
  log.info({ signal: await stopSignal() }, 'stopping')
  context.lifetime.isStopping = true
  listening.drain()
  await wait(config.shutdownDelaySeconds * 1000)
  listening.stopAccepting()
  return 0
}

const urlOf = ({ host, port }: Config) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** A custom agent may choose its own model, which is known only when a turn asks. */
const agentOf = ({ agent, model }: Config) => (agent ? { agent } : { model: model.spec })

function greet(config: Config): void {
  console.log(`
  Colloquy runs on ${config.publicUrl}
  ${nameDatabase(config)} · ${Object.entries(agentOf(config)).flat().join(' ')}
  Stop with Ctrl+C
`)
}

/**
 * The first signal asks to stop. The next one, a second or more later, finds no listener and ends the process by
 * default. Not sooner, because Ctrl+C under npm arrives twice: from the terminal and from npm.
 */
function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const ask = (signal: string) => {
    resolve(signal)
    setTimeout(() => process.off('SIGTERM', ask).off('SIGINT', ask), 1_000).unref()
  }
  process.on('SIGTERM', ask).on('SIGINT', ask)
  return promise
}
