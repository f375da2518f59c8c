import type { ContextFigure, StoredUsage, Usage } from './event.ts'

/** A turn's usage and the context figure of its last step share one column, since they are always written together. */

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
