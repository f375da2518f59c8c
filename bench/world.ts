import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { startPostgresServer } from '../test/support/postgres-server.ts'

export const secret = 'a-secret-of-the-bench-of-more-than-32-characters'

/** A Postgres of the run's own, or the one of BENCH_DATABASE_URL; commits reach the disk, as they do for its users. */
export async function openBenchPostgres(): Promise<{ url: string } & AsyncDisposable> {
  const given = process.env.BENCH_DATABASE_URL
  if (given) return { url: given.replace(/\/+$/, ''), [Symbol.asyncDispose]: async () => {} }
  return startPostgresServer(['fsync=on', 'shared_buffers=512MB'])
}

export async function createDatabase(server: string, name: string): Promise<string> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  return `${server}/${name}`
}

export interface BenchServer extends AsyncDisposable {
  url: string
  process: ChildProcess
}

/** The server with a model of the bench, in a process of its own. */
export async function startBenchServer(
  databaseUrl: string,
  { model = ['instant'], environment = {} }: { model?: string[]; environment?: NodeJS.ProcessEnv } = {},
): Promise<BenchServer> {
  const child = fork(new URL('server.ts', import.meta.url), model, {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      BETTER_AUTH_SECRET: secret,
      PUBLIC_URL: 'http://127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...environment,
    },
  })
  const [{ url }] = await once(child, 'message')
  return {
    url,
    process: child,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

export const tokenOf = (userId: string): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(secret))

export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
