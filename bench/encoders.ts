import { LiveTurn } from '../server/turns/live-turn.ts'
import { createAgUiEncoding } from '../server/wire/ag-ui.ts'
import { createChatKitEncoding } from '../server/wire/chatkit.ts'
import { createTurnEventEncoder } from '../server/wire/turn-events.ts'
import { createUiMessageEncoding } from '../server/wire/ui-message.ts'

/** `npx node bench/encoders.ts`: what a delta costs in each protocol. */

export interface EncoderCost {
  protocol: string
  followers: number
  /** Processor time for one delta: appended, told to all followers, encoded for each. */
  microseconds: number
}

type Follow = (live: LiveTurn) => (event: Parameters<Parameters<LiveTurn['listen']>[0]>[0]) => unknown

const deltas = 100_000
const createdAt = '2026-01-01T00:00:00.000Z'
const turnOf = ({ id, conversationId }: LiveTurn) => ({
  turnId: id,
  conversationId,
  userMessageId: 'u1',
  createdAt,
  versions: { parent: null, index: 0, count: 1 },
})

/** Each opens what a process has once, and then what each connection has of its own. */
const protocols: Record<string, () => Follow> = {
  REST: () => {
    const encode = createTurnEventEncoder()
    return () => encode
  },
  'AI SDK': () => {
    const open = createUiMessageEncoding()
    return live => open(turnOf(live))
  },
  'AG-UI': () => {
    const open = createAgUiEncoding()
    const run = { threadId: 't', runId: 'r', isLegacy: false, connects: false, answered: undefined }
    return live => open(turnOf(live), { ...run, has: new Set(), loadThread: async () => [] })
  },
  ChatKit: () => {
    const open = createChatKitEncoding()
    const items = { data: [], has_more: false }
    const status = { type: 'active' as const }
    const thread = { id: 'thr_t', title: 't', created_at: createdAt, status, metadata: {}, items }
    return live => open({ ...turnOf(live), threadId: thread.id, thread, opening: [] })
  },
}

export const measureEncoders = (): EncoderCost[] =>
  Object.entries(protocols).flatMap(([protocol, begin]) =>
    [1, 10].map(followers => {
      measure(begin(), followers, deltas / 10)
      return { protocol, followers, microseconds: measure(begin(), followers, deltas) }
    }),
  )

function measure(follow: Follow, followers: number, count: number): number {
  const live = new LiveTurn(
    { user_id: 'u', id: crypto.randomUUID(), conversation_id: crypto.randomUUID(), epoch: 1 },
    [],
  )
  let frames = 0
  for (let n = 0; n < followers; n += 1) {
    const encode = follow(live)
    live.listen(event => {
      if (encode(event) instanceof Uint8Array) frames += 1
    })
  }
  const before = process.cpuUsage()
  for (let n = 0; n < count; n += 1) live.append({ type: 'text', step: 1, text: ' word' }, 0)
  const { user, system } = process.cpuUsage(before)
  if (frames < count * followers) throw new Error('Not everyone was told everything')
  return (user + system) / count
}

if (import.meta.main) console.table(measureEncoders())
