import type { LanguageModelV4 } from '@ai-sdk/provider'
import { createModelOf } from './offline/model.ts'
import type { CallRecord, Turn } from './offline/prompt.ts'
import type { JsonObject } from './tool.ts'

/**
 * An earlier tool call: with its `result`, or the `error` it failed with, or neither if it was denied or is still open.
 */
export interface ScriptedCall {
  readonly tool: string
  readonly input: JsonObject
  readonly result?: JsonObject
  readonly error?: string
}

/** A script's input: the user's message, and the calls that this turn has made so far. */
export interface ScriptedTurn {
  readonly message: string
  readonly calls: readonly ScriptedCall[]
  /** The earlier turns, oldest first. */
  readonly earlier: readonly ScriptedTurn[]
}

export interface ScriptedReply {
  readonly say?: string
  readonly calls?: readonly { readonly tool: string; readonly input: JsonObject }[]
}

/**
 * A model implemented by your function: to try or test an agent without a key. It is called again after its calls have
 * been carried out, until it makes none.
 */
export const scriptedModel = (
  script: (turn: ScriptedTurn) => ScriptedReply | Promise<ScriptedReply>,
): LanguageModelV4 =>
  createModelOf({
    modelId: 'scripted',
    delayMs: 0,
    async answer(turns) {
      const told = turns.map(turnOf)
      const turn = { message: '', calls: [], ...told.at(-1), earlier: told.slice(0, -1) }
      const { say = '', calls = [] } = await script(turn)
      return { say, calls: calls.map(({ tool, input }) => ({ tool, input: { ...input } })) }
    },
  })

const turnOf = ({ message, calls }: Turn): ScriptedTurn => ({
  message,
  calls: calls.map(callOf),
  earlier: [],
})

function callOf({ tool, input, outcome }: CallRecord): ScriptedCall {
  // Arguments and results were stored as JSON.
  const call = { tool, input: input as JsonObject }
  if (outcome.is === 'done') return { ...call, result: outcome.value as JsonObject }
  return outcome.is === 'failed' ? { ...call, error: outcome.error } : call
}
