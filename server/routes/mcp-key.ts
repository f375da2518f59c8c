import { createHash } from 'node:crypto'
import type { CallToolRequest } from '@modelcontextprotocol/server'
import { keyInMeta } from '../agent/remote/mcp-server.ts'
import type { JsonObject } from '../agent/tool.ts'
import { storableResult } from '../agent/tool-result.ts'
import type { Tx } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { findOrTakeKey, keepResult } from '../store/idempotency-keys.ts'
import { idempotencyKey } from './chat-contract.ts'
import type { OfferedTool } from './mcp-tools.ts'
import { readField } from './read-field.ts'

/**
 * MCP marks calls that may be repeated (`idempotentHint`) but has no idempotency key for the others. So it is an
 * argument, which any client and any model can give; a program may send it in `_meta` instead.
 */
const argument = 'idempotency_key'

const property = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description:
    'A name of your own for this very call. When no answer came, the same call with the same key is carried out once.',
}

/** Not for idempotent tools, nor where the tool has an argument of that name itself. */
const takesKey = ({ effect, hints, inputSchema }: OfferedTool) =>
  effect === 'transaction' && !hints.idempotent && !(argument in (inputSchema.properties ?? {}))

export const keyProperties = (tool: OfferedTool) => (takesKey(tool) ? { [argument]: property } : {})

/** The tool's arguments, and the key: sent as an argument, or in `_meta` as our own calls to other servers do. */
export function splitKey(tool: OfferedTool, { arguments: all = {}, _meta }: CallToolRequest['params']) {
  const { [argument]: named, ...rest } = all
  const isOurs = takesKey(tool)
  const key = readField(
    idempotencyKey.optional(),
    (isOurs ? named : undefined) ?? _meta?.[keyInMeta],
    argument,
  )
  return { given: isOurs ? rest : all, key }
}

interface KeyedCall {
  userId: string
  key: string | undefined
  name: string
  args: unknown
}

/** Key, effect and result share one transaction: a failed call does not use up its key. */
export async function doOnce(
  tx: Tx,
  { userId, key, name, args }: KeyedCall,
  work: () => Promise<JsonObject>,
): Promise<JsonObject> {
  if (key === undefined) return work()
  const requestHash = createHash('sha256')
    .update(JSON.stringify([name, args]))
    .digest('base64url')
  const callKey = { userId, key: `mcp:${key}`, requestHash }
  const kept = await findOrTakeKey(tx, callKey)
  if (kept && kept.requestHash !== requestHash) throw new AppError('idempotency_mismatch')
  // storableResult makes objects only.
  if (kept) return kept.result as JsonObject
  const result = storableResult(await work())
  await keepResult(tx, callKey, result)
  return result
}
