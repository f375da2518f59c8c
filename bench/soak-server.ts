import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createApp } from '../server/app.ts'
import { listen } from '../server/commands/listen.ts'
import { onPort, readConfig } from '../server/config.ts'
import { createContext } from '../server/context.ts'
import { createLogger } from '../server/telemetry.ts'

/** What one process holds, right after a collection of its garbage. */
export interface Holdings {
  heapBytes: number
  residentBytes: number
  /** What keeps the process alive, counted by kind: sockets, timers. */
  resources: Record<string, number>
  liveTurns: number
}

/** The whole server, which says what it holds when it is asked. */
const settings = readConfig()
const listening = await listen(settings)
const config = onPort(settings, listening.port)
const context = await createContext(config, createLogger(config.logLevel))
listening.answerWith(createApp(context).fetch)
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
process.send?.({ url: `http://127.0.0.1:${listening.port}` })
process.on('message', () => process.send?.(takeStock()))
process.once('SIGTERM', async () => {
  listening.stopAccepting()
  await context[Symbol.asyncDispose]()
  await listening[Symbol.asyncDispose]()
  process.disconnect?.()
})

function takeStock(): Holdings {
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return { heapBytes: heapUsed, residentBytes: rss, resources, liveTurns: context.engine.live.size }
}
