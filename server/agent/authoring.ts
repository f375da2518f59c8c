/** What an agent's module can import from `colloquy`: docs/agents.md. */

export { type SQL, sql } from 'drizzle-orm'
export { z } from 'zod'
export { queryRows, type Tx } from '../db/database.ts'
export type { Agent, ForOccasion, ModelChoice, Occasion } from './agent.ts'
export { defineAgent } from './agent.ts'
export {
  type ScriptedCall,
  type ScriptedReply,
  type ScriptedTurn,
  scriptedModel,
} from './scripted-model.ts'
export {
  type Asked,
  defineTool,
  type Effect,
  type Hints,
  type JsonObject,
  type Tool,
  type ToolContext,
  ToolError,
  type TransactionContext,
  UnknownOutcome,
} from './tool.ts'
