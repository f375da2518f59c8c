import type { ContextFigure, StoredUsage, Usage } from './event.ts'

/** What a turn used and what its last step was given lie in one column: a figure is of no use without the other. */

interface Figures {
  usage: Usage
  context?: ContextFigure | undefined
}

export const usageToStore = ({ usage, context }: Figures): StoredUsage => ({
  ...usage,
  ...(context ? { context } : {}),
})

export function usageOf(stored: StoredUsage): { usage: Usage; context?: ContextFigure } {
  const { context, ...usage } = stored
  return { usage, ...(context ? { context } : {}) }
}

export const noUsage: Usage = { input_tokens: 0, output_tokens: 0 }
