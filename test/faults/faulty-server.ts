import { z } from 'zod'
import { taskTools } from '../../server/agent/task-tools.ts'
import { defineTool } from '../../server/agent/tool.ts'

/** The unmodified server with one more tool, whose effect is outside the database. Faults come from outside, too. */

const outside = process.env.OUTSIDE_URL ?? ''

taskTools.push(
  defineTool({
    name: 'call_outside',
    description: 'Has an effect outside.',
    input: z.object({ label: z.string() }),
    effect: 'external',
    async run({ label }, { idempotencyKey, signal }) {
      const response = await fetch(`${outside}/effects`, {
        method: 'POST',
        headers: { 'idempotency-key': idempotencyKey },
        body: JSON.stringify({ label }),
        signal,
      })
      await response.text()
      return { called: label }
    },
  }),
)

await import('../../server/main.ts')
