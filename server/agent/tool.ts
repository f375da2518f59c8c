import type { JSONSchema7, LanguageModelV4FunctionTool } from '@ai-sdk/provider'
import { z } from 'zod'
import type { AuthenticatedUser } from '../auth/authenticated-user.ts'
import type { Tx } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { Json } from '../turns/event.ts'
import { toStorable } from '../wire/text.ts'
import { AgentMistake } from './agent-mistake.ts'

/**
 * A tool's effect decides how its call is kept from happening twice. `transaction`: its SQL and its result commit
 * together. `external`: start and end are separate commits, and the call is never repeated silently. `none`: simply run
 * again.
 */
export type Effect = 'none' | 'transaction' | 'external'

export type JsonObject = { [key: string]: Json }

export interface ToolContext {
  userId: string
  user: AuthenticatedUser
  signal: AbortSignal
  /** The same for every attempt of one call. */
  idempotencyKey: string
  /** The user's time zone: an IANA name. */
  timeZone: string
  locale?: string | undefined
  /** The conversation of the call; undefined outside conversations. */
  conversationId?: string | undefined
  /** For the tool's own requests, if turns are traced (W3C Trace Context). */
  traceparent?: string | undefined
}

/** Only for tools with the effect `transaction`, which must await nothing else. */
export type TransactionContext = ToolContext & { tx: Tx }

export interface Asked {
  /** What the user wrote in this turn. */
  message: string
}

// Methods rather than function properties, so that tools of different arguments fit into a Tool[].
interface Body<Args, Context> {
  run(args: Args, context: Context): Promise<JsonObject>
  /** What to ask when a call needs approval and the model wrote nothing. If it throws, the call fails. */
  question?(args: Args, context: Context): string | Promise<string>
}

type BodyOfEffect<Args> =
  | ({ readonly effect: 'transaction' } & Body<Args, TransactionContext>)
  | ({ readonly effect: 'none' | 'external' } & Body<Args, ToolContext>)

/** What a caller may rely on before calling; by default the worst is assumed. */
export interface Hints {
  readOnly?: true
  /** `false`: no existing data is lost. */
  destructive?: false
  /** Repeating the same call changes nothing more. */
  idempotent?: true
}

export type Tool<Args = unknown> = BodyOfEffect<Args> & {
  readonly name: string
  readonly description: string
  readonly input: z.ZodType<Args>
  readonly inputSchema: JSONSchema7
  /** The result of `run`; undefined if the tool does not declare it. */
  readonly output?: z.ZodObject
  readonly hints: Hints
  /** Whether any of its calls may need approval. */
  readonly mayAsk: boolean
  needsApproval(args: Args, asked: Asked): boolean
}

type Definition<Args> = BodyOfEffect<Args> & {
  name: string
  description: string
  input: z.ZodObject & z.ZodType<Args>
  output?: z.ZodObject
  hints?: Hints
  /** `true`: every call needs approval. */
  approval?: true | ((args: Args, asked: Asked) => boolean)
}

export function defineTool<Args>(definition: Definition<Args>): Tool<Args> {
  const { approval, hints = {}, ...tool } = definition
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name))
    throw new AgentMistake(
      `No provider takes the tool name ${tool.name}: 1 to 64 letters, digits, dashes or underscores`,
    )
  checkTool(tool)
  return {
    ...tool,
    hints,
    mayAsk: approval !== undefined,
    inputSchema: inputSchemaOf(tool),
    needsApproval: (args, asked) =>
      typeof approval === 'function' ? approval(args, asked) : approval === true,
  }
}

/** Checked at run time because authors may write plain JavaScript. */
function checkTool<Args>({ name, description, input, effect, run }: Definition<Args>): void {
  const problem =
    (typeof description !== 'string' && 'description must be a text') ||
    (!(input instanceof z.ZodObject) &&
      'input must be z.object({ … }) of the zod that comes with colloquy') ||
    (!['none', 'transaction', 'external'].includes(effect) &&
      "effect must be 'none', 'transaction' or 'external'") ||
    (typeof run !== 'function' && 'run must be a function')
  if (problem) throw new AgentMistake(`The tool ${name}: ${problem}`)
}

function inputSchemaOf<Args>({ name, input, output }: Definition<Args>): JSONSchema7 {
  try {
    if (output) z.toJSONSchema(output, { io: 'output' })
    return jsonSchemaOf(input)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AgentMistake(`The tool ${name}: its schema cannot be told to models as JSON schema: ${reason}`)
  }
}

function jsonSchemaOf(input: z.ZodObject): JSONSchema7 {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, { io: 'input' })
  // Drafts 2020-12 and 7 agree on the keywords that an object of plain fields uses.
  return schema as JSONSchema7
}

/** The tool as described to models. */
export const functionToolOf = ({ name, description, inputSchema }: Tool): LanguageModelV4FunctionTool => ({
  type: 'function',
  name,
  description,
  inputSchema,
})

export type ParsedArguments<Args> = { ok: true; args: Args } | { ok: false; message: string }

/** Checks the arguments a model has written; on failure, a message for the model. */
export function parseArguments<Args>(tool: Tool<Args>, input: unknown): ParsedArguments<Args> {
  const parsed = tool.input.safeParse(input)
  if (parsed.success) return { ok: true, args: parsed.data }
  const problems = parsed.error.issues.slice(0, 5).map(issue => [...issue.path, issue.message].join(': '))
  return { ok: false, message: `The arguments of ${tool.name} are not valid: ${problems.join('; ')}` }
}

/** A tool failure whose message the model and the user may read; `cause` is only ever logged. */
export class ToolError extends Error {
  readonly code: string

  constructor(message: string, code = 'tool_failed', cause?: unknown) {
    super(message, { cause })
    this.name = 'ToolError'
    this.code = code
  }
}

/**
 * Thrown by an external tool that cannot tell whether it took effect: the call is neither repeated nor reported as
 * failed.
 */
export class UnknownOutcome extends ToolError {
  constructor(message: string, cause?: unknown) {
    super(message, 'unknown_outcome', cause)
    this.name = 'UnknownOutcome'
  }
}

/** A failed call's result in storable form; undefined when the error's message is not meant for the public. */
export function failureOf(error: unknown): { error: string; code: string } | undefined {
  if (error instanceof ToolError || error instanceof AppError)
    return { error: toStorable(error.message), code: error.code }
  return undefined
}
