import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../test/support/postgres-server.ts'
import { createDatabase, secret } from './world.ts'

/** Other chat backends, each with a model that answers at once, everything in Postgres and the same bearer check. */
export interface Peer {
  name: string
  database: string
  /** Its program in bench/peers/. */
  file: string
  environment?: NodeJS.ProcessEnv
}

export const peers: Peer[] = [
  { name: 'Mastra (`agent.stream` with memory)', database: 'peer_mastra', file: 'mastra.mjs' },
  { name: 'The chat route of vercel/ai-chatbot', database: 'peer_ai_chatbot', file: 'ai-chatbot.mjs' },
  {
    name: 'The same, with the indexes it lacks and without its daily count',
    database: 'peer_ai_chatbot_lean',
    file: 'ai-chatbot.mjs',
    environment: { LEAN: '1' },
  },
  { name: 'LangGraph with its Postgres checkpoints', database: 'peer_langgraph', file: 'langgraph.mjs' },
  { name: 'FastAPI, SQLAlchemy, asyncpg', database: 'peer_fastapi', file: 'fastapi_stack.py' },
]

/** The distribution's own comes second: it has the packages where the first one of the path is another. */
const pythons = [process.env.PEERS_PYTHON ?? 'python3', '/usr/bin/python3']
const needed = 'import fastapi, uvicorn, asyncpg, sqlalchemy, jwt'
const python = pythons.find(each => spawnSync(each, ['-c', needed]).status === 0)

/** Installs the peers' packages outside of this checkout, once. */
export function installPeers(): string {
  const folder = process.env.PEERS_DIR ?? join(tmpdir(), 'colloquy-peers')
  mkdirSync(folder, { recursive: true })
  cpSync(new URL('peers', import.meta.url), folder, { recursive: true })
  if (!existsSync(join(folder, 'node_modules'))) {
    execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  }
  return folder
}

export interface RunningPeer extends AsyncDisposable {
  url: string
  process: ChildProcess
}

/** undefined where what it runs on is not installed. */
export async function startPeer(
  { file, database, environment }: Peer,
  { server, folder }: { server: string; folder: string },
): Promise<RunningPeer | undefined> {
  const isPython = file.endsWith('.py')
  const program = isPython ? python : process.execPath
  if (!program) return undefined
  const databaseUrl = await createDatabase(server, database)
  const port = await freePort()
  const child = spawn(program, isPython ? uvicornArguments(file, port) : [file], {
    cwd: folder,
    env: {
      ...process.env,
      ...environment,
      PORT: `${port}`,
      BETTER_AUTH_SECRET: secret,
      DATABASE_URL: isPython ? databaseUrl.replace('postgres:', 'postgresql+asyncpg:') : databaseUrl,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await answering(url, child)
  return { url, process: child, [Symbol.asyncDispose]: () => end(child) }
}

const uvicornArguments = (file: string, port: number) => [
  '-m',
  'uvicorn',
  `${file.replace('.py', '')}:app`,
  '--port',
  `${port}`,
  '--log-level',
  'error',
  '--no-access-log',
]

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`A peer ended with ${child.exitCode}`)
    if (await fetch(url).catch(() => undefined)) return
    await wait(100)
  }
  throw new Error('A peer does not answer')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
