import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { defineAgent } from '../server/agent/agent.ts'
import { createApp } from '../server/app.ts'
import { listen } from '../server/commands/listen.ts'
import { onPort, readConfig } from '../server/config.ts'
import { createContext } from '../server/context.ts'
import { createLogger } from '../server/telemetry.ts'

/** The server with a model that answers at once, in fifteen deltas: what is left is the cost of everything else. */

const words = 'I added the task for you, anything else you want me to do today please?'.split(' ')

const parts: LanguageModelV4StreamPart[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
  ...words.map(
    (word, i): LanguageModelV4StreamPart => ({ type: 'text-delta', id: '1', delta: i ? ` ${word}` : word }),
  ),
  { type: 'text-end', id: '1' },
  {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: words.length, text: words.length, reasoning: 0 },
    },
  },
]

function enqueueAll(controller: ReadableStreamDefaultController<LanguageModelV4StreamPart>) {
  for (const part of parts) controller.enqueue(part)
  controller.close()
}

const model: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: 'instant',
  modelId: 'instant',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('The bench only streams')),
  doStream: async () => ({ stream: new ReadableStream({ start: enqueueAll }) }),
}

const settings = readConfig()
const listening = await listen(settings)
const config = onPort(settings, listening.port)
const agent = defineAgent({ model, tools: [], instructions: () => 'Answer.' })
const context = await createContext(config, createLogger(config.logLevel), agent)
listening.answerWith(createApp(context).fetch)
process.send?.({ url: `http://127.0.0.1:${listening.port}` })
process.once('SIGTERM', async () => {
  listening.stopAccepting()
  await context[Symbol.asyncDispose]()
  await listening[Symbol.asyncDispose]()
})
