import postgres from 'postgres'
import { applyLoad } from './http-load.ts'
import { createDatabase, median, startBenchServer, tokenOf } from './world.ts'

export interface HistoryLatency {
  earlierMessages: number
  /** Milliseconds, one client. */
  p50: number
}

const lengths = [10, 100, 1_000, 10_000]
const rounds = 3
const seconds = 2
const user = 'history'

/** A turn's latency in conversations of different lengths, interleaved: what is read of a history is bounded. */
export async function measureHistory(server: string): Promise<HistoryLatency[]> {
  const url = await createDatabase(server, 'bench_history')
  await using colloquy = await startBenchServer(url)
  const token = await tokenOf(user)
  const conversations = await seed(url)
  const samples = new Map(lengths.map(length => [length, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [length, id] of conversations) {
      const body = JSON.stringify({ message: 'And another one', conversation_id: id })
      const request = () => ({ path: `/api/${user}/chat`, token, body })
      const { p50 } = await applyLoad({ url: colloquy.url, connections: 1, seconds, request })
      samples.get(length)?.push(p50)
    }
  }
  return [...samples].map(([earlierMessages, p50s]) => ({ earlierMessages, p50: median(p50s) }))
}

async function seed(url: string): Promise<Map<number, string>> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const conversations = new Map<number, string>()
  for (const length of lengths) {
    const id = crypto.randomUUID()
    conversations.set(length, id)
    await sql`insert into colloquy.conversations (user_id, id, title, last_turn) values (${user}, ${id}, 'Long', ${length / 2})`
    await sql`insert into colloquy.turns (user_id, id, conversation_id, turn_no, live, status, context)
      select ${user}, gen_random_uuid(), ${id}, n, true, 'completed', '{}' from generate_series(1, ${length / 2}::int) n`
    await sql`insert into colloquy.messages (user_id, conversation_id, seq, id, turn_id, role, content, live)
      select ${user}, ${id}, s, gen_random_uuid(), gen_random_uuid(), case s % 2 when 1 then 'user' else 'assistant' end,
             'A message of ordinary length, with some words in it, number ' || s, true
        from generate_series(1, ${length}::int) s`
  }
  await sql`vacuum analyze`
  await sql.end()
  return conversations
}
