import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { startPostgresServer } from '../test/support/postgres-server.ts'
import type { Load } from './http-load.ts'

export const secret = 'a-secret-of-the-bench-of-more-than-32-characters'

/** `pid` where it is a process of the run's own. */
export interface BenchPostgres extends AsyncDisposable {
  url: string
  pid: number | undefined
}

/** A Postgres of the run's own, or the one of BENCH_DATABASE_URL; commits reach the disk, as they do for its users. */
export async function openBenchPostgres(): Promise<BenchPostgres> {
  const given = process.env.BENCH_DATABASE_URL
  if (given) return { url: given.replace(/\/+$/, ''), pid: undefined, [Symbol.asyncDispose]: async () => {} }
  return startPostgresServer(['fsync=on', 'shared_buffers=512MB'])
}

export async function createDatabase(server: string, name: string): Promise<string> {
  const admin = postgres(`${server}/postgres`, { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  return `${server}/${name}`
}

/** As `npm start` has them. */
export const startFlags = ['--max-semi-space-size=8']

export interface Endpoint {
  url: string
  process: ChildProcess
}

export type BenchServer = Endpoint & AsyncDisposable

/** The server with a model of the bench, in a process of its own. */
export async function startBenchServer(
  databaseUrl: string,
  { model = ['instant'], environment = {} }: { model?: string[]; environment?: NodeJS.ProcessEnv } = {},
): Promise<BenchServer> {
  const child = fork(new URL('server.ts', import.meta.url), model, {
    execArgv: startFlags,
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      BETTER_AUTH_SECRET: secret,
      PUBLIC_URL: 'http://127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
      TURNS_PER_MINUTE: '0',
      SUMMARIES: 'off',
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

const users = 500
const tokens = Array.from({ length: users }, (_, n) => tokenOf(`user${n}`))

/** 32 clients, each saying something in a new conversation as soon as it has its answer. */
export async function chatLoad(url: string, seconds: number): Promise<Load> {
  const tokenOfUser = await Promise.all(tokens)
  return {
    url,
    connections: 32,
    seconds,
    request: n => ({
      path: `/api/user${n % users}/chat`,
      token: tokenOfUser[n % users] ?? '',
      body: '{"message":"Add a task to buy milk tomorrow"}',
    }),
  }
}

export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
