import type { Telemetry } from '../telemetry.ts'
import type { Span } from './trace.ts'

/** One function per turn event, so that it is logged, counted and traced the same way wherever it happens. */

export interface TurnFacts {
  turn_id: string
  conversation_id: string
  user_id: string
  epoch: number
}

interface AcceptedTurn {
  kind: 'message' | 'version'
  outcome: 'started' | 'queued' | 'replayed'
}

export function turnAccepted(
  { log, metrics }: Telemetry,
  { kind, outcome }: AcceptedTurn,
  turn: Omit<TurnFacts, 'epoch'>,
): void {
  metrics.turnsAccepted.inc({ kind, outcome })
  log.debug({ event: 'turn.accepted', ...turn, kind, outcome }, 'turn accepted')
}

export function turnTakenOver({ log, metrics }: Telemetry, turn: TurnFacts & { attempts: number }): void {
  metrics.turnsTakenOver.inc()
  log.info({ event: 'turn.taken_over', ...turn }, 'turn taken over')
}

/** The span of a turn, in the trace of the request that brought its message, on any instance. */
export const startTurnSpan = ({ tracer }: Telemetry, turn: TurnFacts, parent: string | undefined): Span =>
  tracer.start('invoke_agent', {
    parent,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.conversation.id': turn.conversation_id,
      'colloquy.turn.id': turn.turn_id,
      'colloquy.turn.epoch': turn.epoch,
      'user.id': turn.user_id,
    },
  })

/** The first text or reasoning that can be shown. */
export function firstDeltaShown({ log, metrics }: Telemetry, turn: TurnFacts, ms: number): void {
  metrics.firstDeltaSeconds.observe(ms / 1000)
  log.debug({ event: 'turn.first_delta', ...turn, ms: Math.round(ms) }, 'first delta')
}

export interface EndedTurn {
  kind: 'message' | 'reminder'
  status: string
  code?: string | undefined
  ms: number
  usage: { input_tokens: number; output_tokens: number }
}

export function turnEnded(
  { log, metrics }: Telemetry,
  turn: TurnFacts,
  { span, kind, status, code, ms, usage }: EndedTurn & { span: Span },
): void {
  metrics.turnsEnded.inc({ kind, status })
  metrics.turnSeconds.observe({ status }, ms / 1000)
  if (code !== undefined) metrics.turnsFailed.inc({ code })
  span.set({
    'colloquy.turn.status': status,
    'gen_ai.usage.input_tokens': usage.input_tokens,
    'gen_ai.usage.output_tokens': usage.output_tokens,
  })
  span.end(code)
  log.info({ event: 'turn.ended', ...turn, status, code, ms: Math.round(ms), ...usage }, 'turn ended')
}

export const turnFailed = ({ log }: Telemetry, turn: TurnFacts, error: unknown): void =>
  log.warn({ event: 'turn.failed', ...turn, err: error }, 'turn failed')

/** This instance stopped working on a turn without ending it; its present owner, or the next take-over, continues. */
export function turnLeft({ log, metrics }: Telemetry, turn: TurnFacts, error: unknown): void {
  metrics.turnsLeft.inc()
  log.error({ event: 'turn.left', ...turn, err: error }, 'turn left')
}

export const summaryEnded = ({ log }: Telemetry, turn: TurnFacts & { status: string; ms: number }): void =>
  log.info({ event: 'summary.ended', ...turn }, 'summary ended')

interface FiredReminder {
  reminder_id: string
  user_id: string
  outcome: string
  late: boolean
  turn_id?: string
}

export function reminderFired({ log, metrics }: Telemetry, reminder: FiredReminder): void {
  metrics.reminders.inc({ outcome: reminder.outcome, late: String(reminder.late) })
  log.info({ event: 'reminder.fired', ...reminder }, 'reminder fired')
}

export function beatMissed({ log, metrics }: Telemetry, beat: string, error: unknown): void {
  metrics.beatsMissed.inc({ beat })
  log.warn({ event: 'pulse.missed', beat, err: error }, 'pulse missed a beat')
}
