import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { markData } from '../agent/data-marks.ts'
import { takesInstructions } from '../agent/models.ts'
import { buildPrompt, withoutLooseAnswers } from '../agent/prompt.ts'
import { promptTokens, toolsTokens } from '../agent/token-estimate.ts'
import { fitWindow, storedTokens } from '../agent/window.ts'
import { findSummary } from '../store/summaries.ts'
import type { HistoryMessage } from '../store/turns.ts'
import type { ContextFigure } from './event.ts'
import { persist } from './persist.ts'
import type { PreparedRun } from './prepare-run.ts'

/** The prompt of a step, its window of messages, and the estimated number of tokens. */
export interface GivenContext {
  prompt: LanguageModelV4Prompt
  estimated: number
  window: HistoryMessage[]
}

/**
 * Builds the model's context for a step: instructions, tools, the current message and the steps of its turn in full,
 * and as many of the newest earlier messages as fit. When some do not fit, the summary that reaches farthest precedes
 * the rest; it is read only then.
 */
export async function giveContext(run: PreparedRun): Promise<GivenContext> {
  const given = chooseWindow(run)
  if (!isSummedUp(run) || !hasFallenOut(run, given.window)) return given
  run.fallenFrom = given.window
  if (run.summary === undefined) {
    const { engine, turn, live } = run
    run.summary = await persist(live.abort.signal, () =>
      findSummary(engine.db, turn.user_id, turn.conversation_id),
    )
  }
  if (!run.summary) return given
  const summed = chooseWindow(run)
  run.fallenFrom = summed.window
  return summed
}

const isSummedUp = ({ engine, agent }: PreparedRun) => engine.summaries && takesInstructions(agent.model)

/** Whether there may be messages before the window, judging by what is known without a query. */
function hasFallenOut({ engine, turn: { history } }: PreparedRun, window: HistoryMessage[]): boolean {
  const isCut = window.length < history.length || history.length >= engine.limits.historyMessages
  return isCut && (window.at(-1)?.seq ?? 1) > 1
}

/** Messages are weighed one by one, then the whole prompt with everything around them; the oldest go until it fits. */
function chooseWindow(run: PreparedRun): GivenContext {
  const { agent, turn, engine } = run
  const limit = agent.contextTokens ?? Number.POSITIVE_INFINITY
  const room = limit / engine.calibration.ratioOf(agent.model.modelId)
  let given = weigh(run, withoutLooseAnswers(turn.history))
  while (given.estimated > room && given.window.length > 1) {
    const weight = given.window.reduce((sum, message) => sum + storedTokens(message), 0)
    given = weigh(run, fitWindow(given.window, weight - (given.estimated - room)))
  }
  return given
}

function weigh({ agent, turn, journal, summary }: PreparedRun, window: HistoryMessage[]): GivenContext {
  const isInstructed = takesInstructions(agent.model)
  const built = buildPrompt(agent.instructions, window, {
    ...journal,
    summary: summary?.content,
    clientContext: isInstructed ? turn.context.client_context : undefined,
  })
  const prompt = isInstructed ? markData(built) : built
  return { prompt, window, estimated: promptTokens(prompt) + toolsTokens(agent.functionTools) }
}

/** `counted`: input tokens as counted by the provider, or 0 if it did not count. The calibration learns from it. */
export function figureOf(
  run: PreparedRun,
  { window, estimated }: GivenContext,
  counted: number,
): ContextFigure {
  const { agent, engine, summary } = run
  const isCounted = counted > 0 && takesInstructions(agent.model)
  const tokens = isCounted ? counted : Math.round(estimated * engine.calibration.ratioOf(agent.model.modelId))
  if (isCounted) engine.calibration.learn(agent.model.modelId, estimated, counted)
  return { messages: window.length, tokens, limit: agent.contextTokens, summarised: !!summary }
}
