import { LiveTurn } from '../server/turns/live-turn.ts'
import { createTurnEventEncoder } from '../server/wire/turn-events.ts'

export interface DeltaCost {
  followers: number
  /** Processor time from the provider's part to the encoded bytes, per delta. */
  microseconds: number
}

const deltas = 200_000

/** What a delta costs in the process: appended to the answer, told to each follower, encoded once for all of them. */
export function measureDeltas(): DeltaCost[] {
  return [0, 1, 10].map(followers => {
    measure(followers, deltas / 10)
    return { followers, microseconds: measure(followers, deltas) }
  })
}

function measure(followers: number, count: number): number {
  const live = new LiveTurn(
    {
      user_id: 'u',
      id: crypto.randomUUID(),
      conversation_id: crypto.randomUUID(),
      epoch: 1,
    },
    [],
  )
  const encode = createTurnEventEncoder()
  let bytes = 0
  for (let n = 0; n < followers; n += 1) {
    live.listen(event => {
      bytes += encode(event).length
    })
  }
  const before = process.cpuUsage()
  for (let n = 0; n < count; n += 1) live.append({ type: 'text', step: 1, text: ' word' }, 0)
  const { user, system } = process.cpuUsage(before)
  if (followers > 0 && bytes === 0) throw new Error('Nobody was told anything')
  return (user + system) / count
}
