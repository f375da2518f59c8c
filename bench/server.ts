import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineAgent } from '../server/agent/agent.ts'
import { createApp } from '../server/app.ts'
import { listen } from '../server/commands/listen.ts'
import { onPort, readConfig } from '../server/config.ts'
import { createContext } from '../server/context.ts'
import { createLogger } from '../server/telemetry.ts'
import { instantModel, tickingModel } from './models.ts'

/** The whole server with a model of the bench: `instant`, or `ticking` with an interval in ms and a count of deltas. */
const [kind, everyMs, times] = process.argv.slice(2)
const model = kind === 'ticking' ? tickingModel(Number(everyMs), Number(times)) : instantModel

const settings = readConfig()
const listening = await listen(settings)
const config = onPort(settings, listening.port)
const agent = defineAgent({ model, tools: [], instructions: () => 'Answer.' })
const context = await createContext(config, createLogger(config.logLevel), agent)
listening.answerWith(createApp(context).fetch)
process.send?.({ url: `http://127.0.0.1:${listening.port}` })
process.on('message', () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  process.send?.(process.memoryUsage())
})
process.once('SIGTERM', async () => {
  listening.stopAccepting()
  await context[Symbol.asyncDispose]()
  await listening[Symbol.asyncDispose]()
  process.disconnect?.()
})
