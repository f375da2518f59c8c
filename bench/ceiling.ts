import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'

/** What the database itself can do: the two calls of a turn and nothing else. */

const accept = (user: string, conversation: string, turn: string, message: string) =>
  `select colloquy.accept_turn_v2(${user}, null, null, null, ${conversation}, 'Add a task to buy milk tomorrow', null, ${turn}, ${message}, ` +
  `'Add a task to buy milk tomorrow', '{}', 'enqueue', ` +
  `'dropped', '00000000-0000-4000-8000-000000000001', 40, 1000, null)`

const finish = (user: string, conversation: string, turn: string, message: string) =>
  `select colloquy.finish_turn_v2(${user}, ${conversation}, ${turn}, '00000000-0000-4000-8000-000000000001', 1, ` +
  `'completed', ${message}, 'I added the task for you, anything else you want me to do today please?', null, ` +
  `'{"input_tokens":1,"output_tokens":15}', null, '00000000-0000-4000-8000-000000000001', 40, 'instant')`

const script = `\\set u random(1, 500)
\\set a random(1, 9000000000000000)
${accept("'user' || :u::int", "md5('c' || :a::bigint)::uuid", "md5('t' || :a::bigint)::uuid", 'gen_random_uuid()')};
${finish("'user' || :u::int", "md5('c' || :a::bigint)::uuid", "md5('t' || :a::bigint)::uuid", 'gen_random_uuid()')};
`

export const hasPgbench = spawnSync('pgbench', ['--version']).status === 0

/** Turns a second with `clients` connections, by pgbench where it is installed. */
export function measureCeiling(url: string, clients: number, seconds: number): Promise<number> {
  return hasPgbench ? Promise.resolve(byPgbench(url, clients, seconds)) : byDriver(url, clients, seconds)
}

function byPgbench(url: string, clients: number, seconds: number): number {
  const file = join(mkdtempSync(join(tmpdir(), 'colloquy-bench-')), 'turn.sql')
  writeFileSync(file, script)
  const args = ['-n', '-M', 'prepared', '-c', `${clients}`, '-j', '1', '-T', `${seconds}`, '-f', file, url]
  const output = execFileSync('pgbench', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(/tps = ([\d.]+)/.exec(output)?.[1])
}

async function byDriver(url: string, clients: number, seconds: number): Promise<number> {
  const sql = postgres(url, { max: clients, onnotice: () => {} })
  const endsAt = performance.now() + seconds * 1000
  let turns = 0
  const acceptText = accept("'user' || $1::int", '$2::uuid', '$3::uuid', '$4::uuid')
  const finishText = finish("'user' || $1::int", '$2::uuid', '$3::uuid', '$4::uuid')
  const client = async () => {
    while (performance.now() < endsAt) {
      const ids = [crypto.randomUUID(), crypto.randomUUID()]
      const user = Math.ceil(Math.random() * 500)
      await sql.unsafe(acceptText, [user, ...ids, crypto.randomUUID()], { prepare: true })
      await sql.unsafe(finishText, [user, ...ids, crypto.randomUUID()], { prepare: true })
      turns += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await sql.end()
  return turns / seconds
}
