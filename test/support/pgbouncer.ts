import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './postgres-server.ts'
import { substitute } from './shipped-file.ts'

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(path => existsSync(path))

/** Why tests that need pgbouncer are skipped; undefined when they run. */
export const noPgbouncer = program ? undefined : 'pgbouncer is not installed (apt-get install pgbouncer)'

/** pgbouncer with the shipped configuration, between tests and a Postgres. */
export interface Pgbouncer extends AsyncDisposable {
  /** The URL of the same database through pgbouncer. */
  through(databaseUrl: string): string
}

export async function startPgbouncer(postgresUrl: string, poolSize = 20): Promise<Pgbouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-pgbouncer-'))
  const port = await freePort()
  const { hostname, port: postgresPort } = new URL(postgresUrl)
  const ini = substitute(readFileSync(new URL('../../deploy/pgbouncer.ini', import.meta.url), 'utf8'), [
    ['colloquy = host=postgres port=5432 dbname=colloquy', `* = host=${hostname} port=${postgresPort}`],
    ['listen_addr = 0.0.0.0', 'listen_addr = 127.0.0.1'],
    ['listen_port = 6432', `listen_port = ${port}\nunix_socket_dir =`],
    ['auth_type = scram-sha-256', 'auth_type = trust'],
    ['auth_file = /etc/pgbouncer/userlist.txt', `auth_file = ${join(folder, 'users')}`],
    ['default_pool_size = 20', `default_pool_size = ${poolSize}`],
  ])
  writeFileSync(join(folder, 'users'), '"postgres" ""\n')
  writeFileSync(join(folder, 'pgbouncer.ini'), ini)
  chmodSync(folder, 0o755)
  // pgbouncer refuses to run as root.
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const child = spawn(program ?? '', [join(folder, 'pgbouncer.ini')], { ...identity, stdio: 'ignore' })
  await listening(child, port)
  return {
    through: databaseUrl => {
      const url = new URL(databaseUrl)
      url.port = String(port)
      return url.href
    },
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when the port is open; rejects when the child process has died. */
export async function listening(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const isThere = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isThere) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`${child.spawnfile} ended with ${child.exitCode ?? child.signalCode}`)
}
