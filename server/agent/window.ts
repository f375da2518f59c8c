import type { HistoryMessage } from '../store/turns.ts'
import { transcriptOf, withoutLooseAnswers } from './prompt.ts'
import { messageTokens } from './token-estimate.ts'

/**
 * The newest messages that fit into the token limit, newest first. A message is included whole, with the results of its
 * calls, or not at all; the newest, which is to be answered, always is. An answer whose question does not fit is left
 * out, too.
 */
export function fitWindow(newestFirst: HistoryMessage[], tokens: number): HistoryMessage[] {
  let left = tokens
  const beyond = newestFirst.findIndex((message, age) => {
    left -= storedTokens(message)
    return left < 0 && age > 0
  })
  return withoutLooseAnswers(beyond < 0 ? newestFirst : newestFirst.slice(0, beyond))
}

/** Tokens of a stored message as the model receives it. */
export const storedTokens = (message: HistoryMessage): number =>
  transcriptOf(message).reduce((sum, each) => sum + messageTokens(each), 0)
