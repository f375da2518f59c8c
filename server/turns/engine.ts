import type { Calibration } from '../agent/calibration.ts'
import type { WorkingAgent } from '../agent/working-agent.ts'
import type { Database } from '../db/database.ts'
import type { UserLimits } from '../limit-settings.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { LiveTurn } from './live-turn.ts'
import type { RemoteTurns } from './remote-turns.ts'
import type { UserEvents } from './user-events.ts'

export interface TurnLimits {
  stepTimeoutMs: number
  turnTimeoutMs: number
  modelRetries: number
  maxSteps: number
  historyMessages: number
  queuedTurns: number
  perUser: UserLimits
  /** Take-overs from dead instances after which a turn is given up: it may be what kills them. */
  takeOvers: number
}

/** What working on turns needs. `live` holds the turns this instance owns, and is a cache: the truth is in the database. */
export interface Engine {
  readonly db: Database
  /** A small pool of its own for the work across users, so that the pulse never waits behind requests. */
  readonly sweeperDb: Database
  readonly agent: WorkingAgent
  /** One connection for the lease alone, which must not wait behind anything. */
  readonly leaseDb: Database
  /** Whether what falls out of the window is summed up, for models that can. */
  readonly summaries: boolean
  readonly calibration: Calibration
  readonly instanceId: string
  readonly limits: TurnLimits
  /** Conversations without activity are kept so long; 0: for ever. */
  readonly retentionDays: number
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly live: Map<string, LiveTurn>
  readonly remote: RemoteTurns
  readonly userEvents: UserEvents
  /** Set once: turns that end here start their successors on other instances. */
  draining: boolean
  /** Requests that wait for the end of a turn; called when this instance goes, wherever the turn goes on. */
  readonly waiting: Set<() => void>
}
