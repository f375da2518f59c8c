import { type Config, onPort, readConfig } from '../config.ts'
import { nameDatabase } from '../db/open-database.ts'
import { createLogger } from '../telemetry.ts'
import type { Command } from './command.ts'
import { listen } from './listen.ts'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Runs the server until it is told to stop',
  help: `Settings come from the environment and from the file .env of the working directory; see .env.example.
SIGTERM or Ctrl+C stops it: what is being answered gets SHUTDOWN_GRACE_SECONDS. A second one stops at once.`,
  options: [],
  run: async () => {
    const settings = readConfig()
    const log = createLogger(settings.logLevel)
    // The port first: a process that cannot serve leaves the database alone. Undone in reverse.
    await using listening = await listen(settings)
    // Loaded here: the other commands start at once without all of it.
    const [{ createApp }, { createContext }] = await Promise.all([
      import('../app.ts'),
      import('../context.ts'),
    ])
    const config = onPort(settings, listening.port)
    await using context = await createContext(config, log)
    listening.answerWith(createApp(context).fetch)
    log.info({ url: urlOf(config), public_url: config.publicUrl, model: config.model.spec }, 'listening')
    if (process.stdout.isTTY) greet(config)
    log.info({ signal: await stopSignal() }, 'stopping')
    listening.stopAccepting()
    return 0
  },
}

const urlOf = ({ host, port }: Config) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

function greet(config: Config): void {
  console.log(`
  Colloquy runs on ${config.publicUrl}
  ${nameDatabase(config)} · model ${config.model.spec}
  Stop with Ctrl+C
`)
}

/**
 * The first signal asks. The next one, a second later or more, finds no listener and ends the process as signals do;
 * not sooner, because Ctrl+C under npm arrives twice: from the terminal and from npm.
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
