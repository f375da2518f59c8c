import type { StepPart } from '../agent/step-parts.ts'
import { parseArguments, type Tool } from '../agent/tool.ts'
import { withUser } from '../db/database.ts'
import { isTransient, isUserErased } from '../db/failure.ts'
import type { JournaledCall } from '../store/turns.ts'
import { toStorable } from '../wire/text.ts'
import { contextOf, failed, orAborted } from './call-out.ts'
import { persist } from './persist.ts'
import type { PreparedRun } from './prepare-run.ts'
import { callerOf } from './run.ts'

type CalledPart = Extract<StepPart, { type: 'tool_call' }>

export interface Decision {
  calls: JournaledCall[]
  /** What to ask the user when the model wrote no text beside a call that needs approval. */
  question: string | undefined
}

/**
 * Decides about all tool calls of a step before any is carried out: to be run, to be approved first, or failed at once
 * because they cannot run. `ids` are the calls' own ids, in the order of `parts`.
 */
export async function decideCalls(
  run: PreparedRun,
  { step, parts, ids }: { step: number; parts: StepPart[]; ids: string[] },
): Promise<Decision> {
  const calls: JournaledCall[] = []
  const questions: string[] = []
  for (const [position, part] of parts.filter(part => part.type === 'tool_call').entries()) {
    const base = { id: ids[position] ?? '', step, position, provider_call_id: part.providerCallId }
    const { question, ...call } = await decide(run, part, base.id)
    calls.push({ ...base, name: part.name, arguments: part.input, ...call })
    if (question) questions.push(toStorable(question))
  }
  const hasText = parts.some(part => part.type === 'text')
  return { calls, question: hasText || questions.length === 0 ? undefined : questions.join('\n\n') }
}

type Verdict = Pick<JournaledCall, 'status' | 'effect' | 'result'> & { question?: string }

async function decide(run: PreparedRun, part: CalledPart, callId: string): Promise<Verdict> {
  const tool = run.agent.tools.get(part.name)
  const effect = tool?.effect ?? 'none'
  const refuse = (error: string, code: string): Verdict => ({
    status: 'failed',
    effect,
    result: { error, code },
  })
  if (!tool) return refuse(`There is no tool ${part.name}`, 'unknown_tool')
  if (part.invalid) return refuse(part.invalid, 'invalid_arguments')
  const parsed = parseArguments(tool, part.input)
  if (!parsed.ok) return refuse(parsed.message, 'invalid_arguments')
  try {
    if (!tool.needsApproval(parsed.args, { message: messageOf(run) })) return { status: 'pending', effect }
    const question = await ask(run, { tool, args: parsed.args, callId })
    return { status: 'awaiting_approval', effect, question }
  } catch (error) {
    run.live.abort.signal.throwIfAborted()
    if (isTransient(error) || isUserErased(error)) throw error
    return { effect, ...failed(callerOf(run), { id: callId, name: tool.name }, error) }
  }
}

/** The tool's own question. Fails when there is nothing to ask about or it takes longer than the step timeout. */
function ask(
  run: PreparedRun,
  { tool, args, callId }: { tool: Tool; args: unknown; callId: string },
): Promise<string> {
  const context = contextOf(callerOf(run), { id: callId })
  const fallback = `May I run ${tool.name}?`
  if (tool.effect !== 'transaction') {
    const limit = AbortSignal.timeout(run.engine.limits.stepTimeoutMs)
    const signal = AbortSignal.any([run.live.abort.signal, limit])
    return orAborted(signal, Promise.resolve(tool.question?.(args, { ...context, signal }) ?? fallback))
  }
  return persist(run.live.abort.signal, () =>
    withUser(
      run.engine.db,
      run.turn.user_id,
      async tx => (await tool.question?.(args, { ...context, tx })) ?? fallback,
    ),
  )
}

/** The message this turn answers: the newest of its history. */
const messageOf = ({ turn }: PreparedRun) =>
  turn.history.find(message => message.role === 'user')?.content ?? ''
