import { z } from 'zod'
import { type Agent, defineAgent } from '../../server/agent/agent.ts'
import { createModel } from '../../server/agent/models.ts'
import { taskTools } from '../../server/agent/task-tools.ts'
import { defineTool, type Tool, type ToolContext } from '../../server/agent/tool.ts'
import type { ReplayServer } from './replay-server.ts'

/** A letter as it reached the world outside our database. */
export interface Letter {
  to: string
  context: ToolContext
}

/**
 * An agent that can send letters, besides the task assistant's tools: `send_letter` is external; `send_parcel` too, and
 * needs approval; `count_letters` has no effect.
 */
export interface PostOffice {
  letters: Letter[]
  /** Holds the next letter until `release` is called; `reached` resolves when it has arrived at the hold. */
  holdNext: () => { reached: Promise<Letter>; release: () => void }
  tools: Tool[]
  agent: (replay: ReplayServer) => Promise<Agent>
}

export function openPostOffice(): PostOffice {
  const letters: Letter[] = []
  let next: { reached: (letter: Letter) => void; released: Promise<void> } | undefined

  async function post(to: string, context: ToolContext) {
    const letter = { to, context }
    letters.push(letter)
    const held = next
    next = undefined
    held?.reached(letter)
    await held?.released
    return { sent_to: to }
  }

  const to = z.object({ to: z.string() })
  const tools: Tool[] = [
    defineTool({
      name: 'send_letter',
      description: 'Sends a letter',
      input: to,
      effect: 'external',
      run: (args, context) => post(args.to, context),
    }),
    defineTool({
      name: 'send_parcel',
      description: 'Sends a parcel',
      input: to,
      effect: 'external',
      approval: true,
      run: (args, context) => post(args.to, context),
    }),
    defineTool({
      name: 'count_letters',
      description: 'Counts letters',
      input: z.object({}),
      effect: 'none',
      run: async () => ({ letters: letters.length }),
    }),
  ]
  return {
    letters,
    tools,
    holdNext: () => {
      const reached = Promise.withResolvers<Letter>()
      const released = Promise.withResolvers<void>()
      next = { reached: reached.resolve, released: released.promise }
      return { reached: reached.promise, release: released.resolve }
    },
    agent: async replay =>
      defineAgent({
        model: await createModel({
          spec: 'compatible/test',
          apiKeys: { openai: undefined, anthropic: undefined, openrouter: undefined, compatible: undefined },
          baseUrl: replay.url,
          offlineDelayMs: 0,
        }),
        tools: [...tools, ...taskTools],
        instructions: ({ context: { now, time_zone } }) => `It is ${now} in ${time_zone}.`,
      }),
  }
}
