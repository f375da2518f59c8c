import { createHash } from 'node:crypto'
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { ToolError } from '../agent/tool.ts'

/**
 * Obtains consent to a call that needs it. A client that can ask its user must do so (elicitation, in the
 * multi-round-trip form of revision 2026-07-28: the same call comes back with the answer); its model's `confirm` is
 * then ignored. Any other client sends `confirm: true`.
 */
export interface Confirmations {
  /** Undefined when the user has agreed. Throws if they refused, or if consent is missing and they cannot be asked. */
  demand(ctx: ServerContext, asked: AskedCall): Promise<InputRequiredResult | undefined>
  verify(state: string, ctx: ServerContext): Promise<unknown>
}

export interface AskedCall {
  name: string
  args: unknown
  question: string
  /** The call's `confirm` argument. */
  confirm: unknown
}

const answerKey = 'confirmation'

export function createConfirmations(sealingKey: Uint8Array): Confirmations {
  // The question's state travels with the client, sealed for its user, so any instance can take the answer.
  const codec = createRequestStateCodec<string>({
    key: sealingKey,
    bind: ctx => ctx.http?.authInfo?.clientId ?? '',
  })
  return {
    verify: codec.verify,
    async demand(ctx, asked) {
      const nothing = `Nothing was done. ${asked.question}`
      if (!canAsk(ctx)) {
        if (asked.confirm === true) return undefined
        const remedy = 'When the user agrees, call again with "confirm": true.'
        throw new ToolError(`${nothing} ${remedy}`, 'confirmation_required')
      }
      const answer = inputResponse(ctx.mcpReq.inputResponses, answerKey)
      if (answer.kind !== 'elicit' || ctx.mcpReq.requestState<string>() !== digestOf(asked)) {
        return inputRequired({
          inputRequests: { [answerKey]: questionOf(asked) },
          requestState: await codec.mint(digestOf(asked), ctx),
        })
      }
      if (answer.action === 'accept' && answer.content?.confirm === true) return undefined
      throw new ToolError('Nothing was done: the user did not agree', 'denied')
    },
  }
}

/** Binds an answer to one question about one call: if anything changes, even a title, the user is asked again. */
const digestOf = ({ name, args, question }: AskedCall) =>
  createHash('sha256')
    .update(JSON.stringify([name, args, question]))
    .digest('base64url')

/** `{}` means forms, too (revision 2025-11-25). Clients of older revisions could be asked only within a session. */
function canAsk({ mcpReq }: ServerContext): boolean {
  // A request with any other envelope was rejected earlier.
  const envelope = mcpReq.envelope as Record<string, ClientCapabilities> | undefined
  const can = envelope?.[CLIENT_CAPABILITIES_META_KEY]?.elicitation
  return can !== undefined && (can.form !== undefined || can.url === undefined)
}

const questionOf = ({ question }: AskedCall) =>
  inputRequired.elicit({
    message: question,
    requestedSchema: {
      type: 'object',
      properties: { confirm: { type: 'boolean', title: 'Yes, do it' } },
      required: ['confirm'],
    },
  })
