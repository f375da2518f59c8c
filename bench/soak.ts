/**
 * `npm run soak -- --minutes 10`: everything that people do, at once, on one process and a real Postgres. Fails when
 * memory grows, when anything failed, or when anything is left in the end that was not there in the beginning.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import type { SoakCounts } from './soak-load.ts'
import type { Holdings } from './soak-server.ts'
import { createDatabase, median, openBenchPostgres, secret, startFlags } from './world.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const seconds = Number(values.minutes) * 60
const people = 12
const samples = 60
/** Caches fill and code is compiled before anything can be said of memory. */
const warmUpShare = 0.25
const allowedGrowth = 1.1
const pool = 10
const pulseConnections = 3

interface Sample extends Holdings {
  second: number
  connections: number
  leases: number
}

await using server = await openBenchPostgres()
const database = await createDatabase(server.url, 'soak')
const sql = postgres(database, { max: 1, connection: { application_name: 'soak' } })
const colloquy = await start(database)
try {
  const before = await settled()
  const taken = await soak()
  const after = await settled()
  print(taken.samples)
  console.log(taken.counts)
  const problems = [...taken.failed, ...growth(taken.samples), ...leftovers(before, after), ...(await end())]
  for (const problem of problems.slice(0, 20)) console.error(`FAIL  ${problem}`)
  console.log(problems.length === 0 ? 'Flat, and nothing left behind' : `${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  colloquy.process.kill('SIGKILL')
  await sql.end()
}

async function start(databaseUrl: string): Promise<{ process: ChildProcess; url: string }> {
  const child = fork(new URL('soak-server.ts', import.meta.url), [], {
    // Its young generation at its size from the beginning: one that grows later is no leak.
    execArgv: [...startFlags, '--min-semi-space-size=8'],
    env: {
      PATH: process.env.PATH,
      ...{ DATABASE_URL: databaseUrl, DATABASE_POOL: String(pool), BETTER_AUTH_SECRET: secret },
      ...{ PORT: '0', LOG_LEVEL: 'warn', OFFLINE_DELAY_MS: '2', TURNS_PER_MINUTE: '0' },
    },
  })
  const [{ url }] = await once(child, 'message')
  return { process: child, url }
}

async function soak(): Promise<SoakCounts & { samples: Sample[] }> {
  const client = fork(new URL('soak-client.ts', import.meta.url), [colloquy.url, String(people)])
  const taken: Sample[] = []
  const startedAt = performance.now()
  for (let n = 1; n <= samples; n += 1) {
    await pause(Math.max(0, startedAt + (n * seconds * 1000) / samples - performance.now()))
    taken.push(await sample((n * seconds) / samples))
  }
  client.send('end')
  const [done]: SoakCounts[] = await once(client, 'message')
  await once(client, 'exit')
  return { counts: done?.counts ?? {}, failed: done?.failed ?? ['The clients said nothing'], samples: taken }
}

async function sample(second: number): Promise<Sample> {
  colloquy.process.send('stock')
  const [holdings]: Holdings[] = await once(colloquy.process, 'message')
  if (!holdings) throw new Error('The server does not say what it holds')
  const [row] = await sql<{ connections: number; leases: number }[]>`
    select (select count(*)::int from pg_stat_activity
             where datname = current_database() and application_name = 'colloquy') as connections,
           (select count(*)::int from colloquy.instances) as leases`
  return { ...holdings, second, connections: row?.connections ?? 0, leases: row?.leases ?? 0 }
}

/** When nothing has been going on for a while: turns whose clients left come to their end, too. */
async function settled(): Promise<Sample> {
  for (let second = 0; second < 30; second += 1) {
    await pause(1_000)
    const now = await sample(0)
    if (now.liveTurns === 0 && second >= 3) return now
  }
  return sample(0)
}

function* growth(taken: Sample[]): Generator<string> {
  const steady = taken.slice(Math.floor(taken.length * warmUpShare))
  const third = Math.floor(steady.length / 3)
  for (const kind of ['heapBytes', 'residentBytes'] as const) {
    const first = median(steady.slice(0, third).map(each => each[kind]))
    const last = median(steady.slice(-third).map(each => each[kind]))
    const said = `${kind}: ${mebibytes(first)} in the first third after warm-up, ${mebibytes(last)} in the last`
    console.log(said)
    if (last > first * allowedGrowth) yield said
  }
}

function* leftovers(before: Sample, after: Sample): Generator<string> {
  if (after.liveTurns > 0) yield `${after.liveTurns} turns are still held`
  if (after.leases !== 1) yield `${after.leases} leases instead of one`
  const mostConnections = pool + pulseConnections
  if (after.connections > mostConnections) yield `${after.connections} connections, of ${mostConnections}`
  for (const [kind, count] of Object.entries(after.resources)) {
    // The pool has grown to its size: its connections are sockets.
    const grown = kind === 'TCPSocketWrap' ? after.connections - before.connections : 0
    const expected = (before.resources[kind] ?? 0) + grown
    if (count > expected) yield `${count} × ${kind}, ${expected} expected`
  }
}

/** Asked to go, it goes, and leaves no lease and no turn. */
async function end(): Promise<string[]> {
  const exited = once(colloquy.process, 'exit')
  colloquy.process.kill('SIGTERM')
  const [code] = await exited
  const [left] = await sql<{ leases: number; running: number }[]>`
    select (select count(*)::int from colloquy.instances) as leases,
           (select count(*)::int from colloquy.turns where status in ('running', 'queued')) as running`
  return [
    ...(code === 0 ? [] : [`It ended with ${code}`]),
    ...(left?.leases === 0 ? [] : [`${left?.leases} leases are left`]),
    ...(left?.running === 0 ? [] : [`${left?.running} turns are left`]),
  ]
}

function print(taken: Sample[]): void {
  const every = Math.ceil(taken.length / 12)
  console.table(
    taken
      .filter((_, n) => n % every === every - 1)
      .map(({ second, heapBytes, residentBytes, resources, connections, leases, liveTurns }) => ({
        second: Math.round(second),
        heap: mebibytes(heapBytes),
        resident: mebibytes(residentBytes),
        sockets: resources.TCPSocketWrap ?? 0,
        timers: resources.Timeout ?? 0,
        connections,
        leases,
        'live turns': liveTurns,
      })),
  )
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
