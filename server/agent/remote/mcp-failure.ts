import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import { ToolError, UnknownOutcome } from '../tool.ts'
import { NotReached } from './guarded-fetch.ts'
import { cut } from './mcp-result.ts'

/** How a remote tool call failed: for certain, or so that nobody can tell whether it took effect. */

const maxCharacters = 500

/** The server has ended the session (404), or nothing was sent: the call may be sent again. */
export const isGone = (error: unknown) => isNotReached(error) || statusOf(error) === 404

export function sayWhy(error: unknown, server: string): unknown {
  if (error instanceof ToolError) return error
  if (isNotReached(error)) return new ToolError(`${server} cannot be reached`, 'unreachable', error)
  if (error instanceof ProtocolError)
    return new ToolError(`${server} refused: ${cut(error.message, maxCharacters)}`, 'tool_failed', error)
  const status = statusOf(error)
  if (status !== undefined && status >= 300 && status < 500 && status !== 408)
    return new ToolError(`${server} refused the call (HTTP ${status})`, 'tool_failed', error)
  if (error instanceof SdkError && error.code === SdkErrorCode.UnsupportedResultType)
    return new ToolError(
      `${server} wants to ask its user something, which is not possible here`,
      'tool_failed',
      error,
    )
  return new UnknownOutcome(`${server} broke off; whether the call took effect is not known`, error)
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof SdkHttpError ? error.status : undefined

function isNotReached(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof NotReached) return true
  }
  return error instanceof SdkError && error.code === SdkErrorCode.NotConnected
}
