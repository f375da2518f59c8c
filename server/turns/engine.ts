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
  /** Take-overs after which a turn is given up: the turn itself may be what kills its instances. */
  takeOvers: number
}

/** What working on turns needs. `live` holds the turns this instance owns; it is a cache of what the database says. */
export interface Engine {
  readonly db: Database
  /** A separate small pool for work across users, so that the pulse never waits behind requests. */
  readonly sweeperDb: Database
  readonly agent: WorkingAgent
  /** One connection reserved for the lease, which must not wait behind anything. */
  readonly leaseDb: Database
  /** Whether messages that fall out of the context window are summarised, for models that can do so. */
  readonly summaries: boolean
  readonly calibration: Calibration
  readonly instanceId: string
  readonly limits: TurnLimits
  /** How long conversations without activity are kept; 0 means forever. */
  readonly retentionDays: number
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly live: Map<string, LiveTurn>
  readonly remote: RemoteTurns
  readonly userEvents: UserEvents
  /** Set once, on shutdown: from then on, a turn that ends here leaves its successor to other instances. */
  draining: boolean
  /** Requests waiting for a turn to end; called when this instance shuts down, wherever the turn continues. */
  readonly waiting: Set<() => void>
}
