import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { type Agent, defineAgent } from '../../server/agent/agent.ts'
import { taskInstructions } from '../../server/agent/instructions.ts'
import { createOfflineModel } from '../../server/agent/offline/model.ts'
import { taskTools } from '../../server/agent/task-tools.ts'

/** The task assistant with the built-in model, whose current time is `now` regardless of the server's clock. */
export function agentAt(now: string): Agent {
  const model = createOfflineModel({ delayMs: 0 })
  const dated: LanguageModelV4 = { ...model, doStream: options => model.doStream(onDay(options, now)) }
  return defineAgent({
    model: dated,
    tools: taskTools,
    instructions: ({ context }) => taskInstructions(context),
  })
}

const onDay = (options: LanguageModelV4CallOptions, now: string): LanguageModelV4CallOptions => ({
  ...options,
  providerOptions: { ...options.providerOptions, colloquy: { ...options.providerOptions?.colloquy, now } },
})
