import { randomUUIDv7 } from 'node:crypto'
import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { nameOfModel, takesInstructions } from '../agent/models.ts'
import { runStep } from '../agent/step.ts'
import { chunkOf, summaryPrompt } from '../agent/summary-prompt.ts'
import type { PreparedAgent } from '../agent/working-agent.ts'
import { AppError } from '../errors.ts'
import { finishSummary, type SummaryEnd, type SummaryTurn, startSummary } from '../store/summaries.ts'
import type { HistoryMessage } from '../store/turns.ts'
import { observeStep } from '../telemetry/model-step.ts'
import { traceHeaders } from '../telemetry/trace.ts'
import { startTurnSpan, summaryEnded, turnFailed, turnLeft } from '../telemetry/turn-events.ts'
import { noUsage } from './context-figure.ts'
import type { Engine } from './engine.ts'
import { LiveTurn } from './live-turn.ts'
import { persist } from './persist.ts'
import { type Preparable, prepareRun } from './prepare-run.ts'
import { factsOf, type Run } from './run.ts'
import { endingOf, TurnCancelled, TurnReleased } from './turn-ending.ts'

/** With fewer messages than this, no summary is made. */
const leastMessages = 4
/** The messages' share of the context; the rest is for the previous summary and the new one. */
const shareOfMessages = 0.6
/** Used when the model has no limit. */
const tokensAtOnce = 24_000
const longestSummary = 12_000

/**
 * After an answer: starts summarising what fell out of the window since the last summary. The summary also covers the
 * oldest quarter of the window, so that the next one is not due soon and nothing is missing meanwhile.
 */
export async function sumUpFallen({ engine, turn, fallenFrom, summary }: Run): Promise<void> {
  const first = fallenFrom?.at(-1)?.seq
  if (!fallenFrom || first === undefined || (summary?.covers_until ?? 0) >= first - 1) return
  const { user_id: userId, conversation_id: conversationId, context } = turn
  await begin(engine, { userId, conversationId, context, until: reachOf(fallenFrom, first) }).catch(error =>
    engine.log.warn({ err: error, conversation_id: conversationId }, 'summary postponed'),
  )
}

function reachOf(newestFirst: HistoryMessage[], first: number): number {
  const oldest = newestFirst.slice(newestFirst.length - Math.floor(newestFirst.length / 4))
  return oldest.find(message => message.role === 'assistant')?.seq ?? first - 1
}

type Fallen = Pick<Parameters<typeof startSummary>[1], 'userId' | 'conversationId' | 'context' | 'until'>

async function begin(engine: Engine, fallen: Fallen): Promise<void> {
  if (engine.draining) return
  const turnId = randomUUIDv7()
  const named = { ...fallen, turnId, owner: engine.instanceId, least: leastMessages }
  const turn = await startSummary(engine.db, named)
  if (turn) runSummary(engine, turn)
}

/** Starts work on a summary that this instance owns. Nobody awaits it: the result is in the database. */
export function runSummary(engine: Engine, turn: SummaryTurn): void {
  const known = engine.live.get(turn.id)
  if (known && known.epoch >= turn.epoch) return
  known?.abort.abort(new TurnReleased())
  void work(engine, turn)
}

/** If the process dies at any point, another instance starts the turn again: nothing is written before the end. */
async function work(engine: Engine, turn: SummaryTurn): Promise<void> {
  const live = new LiveTurn(turn, [])
  engine.live.set(turn.id, live)
  const remainingMs = Math.max(0, engine.limits.turnTimeoutMs - turn.age_ms)
  const timer = setTimeout(() => live.abort.abort(new AppError('agent_timeout')), remainingMs)
  const startedAt = performance.now()
  try {
    const end = await write({ engine, turn, live }).catch(error => endFor(engine, turn, error))
    if (!end || !(await finish(engine, turn, end))) return
    const ms = Math.round(turn.age_ms + performance.now() - startedAt)
    summaryEnded(engine.telemetry, { ...factsOf(turn), status: end.status, ms })
    if (end.status === 'completed') await goOn(engine, turn)
  } catch (error) {
    turnLeft(engine.telemetry, factsOf(turn), error)
  } finally {
    clearTimeout(timer)
    if (engine.live.get(turn.id) === live) engine.live.delete(turn.id)
    live.leave()
  }
}

type Writing = Preparable & { turn: SummaryTurn }

async function write(writing: Writing): Promise<SummaryEnd> {
  const { engine, turn } = writing
  if (turn.cancel_requested) throw new TurnCancelled()
  if (turn.attempts >= engine.limits.takeOvers)
    throw new AppError('agent_unavailable', 'The summary was given up after several attempts')
  const { agent } = await prepareRun(writing)
  const chunk = chunkOf(turn.messages, (agent.contextTokens ?? tokensAtOnce) * shareOfMessages)
  const last = chunk.at(-1)
  const model = nameOfModel(agent.model)
  // The user now reads another version of the conversation, or the agent's model has changed since the start.
  if (!last || !takesInstructions(agent.model)) return { status: 'cancelled', model, usage: noUsage }

  const { parts, usage } = await ask(writing, agent, summaryPrompt(turn.previous, chunk))
  const content = parts
    .flatMap(part => (part.type === 'text' ? [part.text] : []))
    .join('\n\n')
    .trim()
  if (!content) throw new AppError('agent_unavailable', 'The summary came out empty')
  const summary = {
    content: content.slice(0, longestSummary),
    covers_until: last.seq,
    last_turn: last.turn_id,
  }
  return { status: 'completed', summary, model, usage }
}

async function ask({ engine, turn, live }: Writing, agent: PreparedAgent, prompt: LanguageModelV4Prompt) {
  const { limits, telemetry } = engine
  const facts = factsOf(turn)
  const parent = startTurnSpan(telemetry, facts, turn.context.traceparent)
  const asked = { turn: facts, span: parent, step: 1, model: agent.model }
  return observeStep(telemetry, asked, span =>
    runStep({
      ...{ model: agent.model, prompt, tools: [], providerOptions: agent.providerOptions },
      headers: traceHeaders(span),
      signal: live.abort.signal,
      timeoutMs: limits.stepTimeoutMs,
      maxRetries: limits.modelRetries,
      onText: () => {},
      onReasoning: () => {},
    }),
  ).finally(() => parent.end())
}

function endFor(engine: Engine, turn: SummaryTurn, error: unknown): SummaryEnd | undefined {
  const ending = endingOf(error)
  if (ending.kind === 'left') return undefined
  if (ending.kind === 'cancelled') return { status: 'cancelled', model: '', usage: noUsage }
  turnFailed(engine.telemetry, factsOf(turn), error)
  const { code, detail } = ending
  return { status: 'failed', model: '', usage: noUsage, error: { code, detail } }
}

function finish({ db, instanceId, limits }: Engine, turn: SummaryTurn, end: SummaryEnd): Promise<boolean> {
  const fence = { userId: turn.user_id, turnId: turn.id, owner: instanceId, epoch: turn.epoch }
  const ended = { ...end, conversationId: turn.conversation_id }
  return persist(undefined, () => finishSummary(db, fence, ended), limits.turnTimeoutMs)
}

/** More messages had fallen out than one summary can take in. */
const goOn = (
  engine: Engine,
  { user_id: userId, conversation_id: conversationId, context, until }: SummaryTurn,
) => begin(engine, { userId, conversationId, context, until })
