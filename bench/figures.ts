import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { PeerFigures } from './beside-peers.ts'
import { hasPgbench } from './ceiling.ts'
import type { DeltaCost } from './delta.ts'
import type { EncoderCost } from './encoders.ts'
import type { HistoryLatency } from './history.ts'
import type { OfflineTurnCost } from './offline-turn.ts'
import { report } from './report.ts'
import type { StreamFigures } from './streams.ts'
import type { TakeOverFigures } from './take-over.ts'
import type { Throughput } from './throughput.ts'
import { hasWrk } from './wrk.ts'

/** What the last runs measured; a run of one part leaves the others as they were. */
export interface Figures {
  throughput: Throughput
  history: HistoryLatency[]
  deltas: DeltaCost[]
  encoders: EncoderCost[]
  offline: OfflineTurnCost[]
  takeOver: TakeOverFigures
  streams: StreamFigures[]
  peers: PeerFigures[]
}

export interface Machine {
  cores: number
  model: string
  gibibytes: number
  platform: string
  node: string
  hasWrk: boolean
  hasPgbench: boolean
}

const store = new URL('figures.json', import.meta.url)

/** Keeps new figures beside the earlier ones in bench/figures.json, and writes docs/performance.md from all of them. */
export function keepFigures(measured: Partial<Figures>): void {
  // The file is this function's own.
  const earlier: Partial<Figures> = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {}
  const figures = { ...earlier, ...measured, machine: machineHere() }
  writeFileSync(store, `${JSON.stringify(figures, undefined, 2)}\n`)
  writeFileSync(new URL('../docs/performance.md', import.meta.url), report(figures))
  console.log('written to docs/performance.md')
}

const machineHere = (): Machine => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? '',
  gibibytes: totalmem() / 2 ** 30,
  platform: process.platform,
  node: process.version,
  hasWrk,
  hasPgbench,
})
