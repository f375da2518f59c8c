import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const main = join(import.meta.dirname, '../../server/main.ts')

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** The program as a person runs it: a separate process in its own folder, with only these settings. */
export interface Running {
  child: ChildProcess
  /** How it ended. */
  ended: Promise<Outcome>
}

export function runProgram(folder: string, args: string[], settings: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

export const runToEnd = (folder: string, args: string[], settings: Record<string, string> = {}) =>
  runProgram(folder, args, settings).ended

/** A running server and its address; killed at the end if it has not stopped by itself. */
export interface RunningServer extends Running, AsyncDisposable {
  url: string
}

export async function startServer(
  folder: string,
  settings: Record<string, string> = {},
  options: string[] = [],
): Promise<RunningServer> {
  const running = runProgram(folder, ['serve', ...options], { PORT: '0', ...settings })
  const url = await Promise.race([listeningUrl(running.child), running.ended])
  if (typeof url !== 'string') throw new Error(`The server ended with ${url.code}: ${url.stderr}`)
  return {
    ...running,
    url,
    [Symbol.asyncDispose]: async () => {
      running.child.kill('SIGKILL')
      await running.ended
    },
  }
}

/** Read from the log line that reports it. */
function listeningUrl({ stdout }: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    if (!stdout) return
    createInterface({ input: stdout }).on('line', line => {
      if (line.includes('"msg":"listening"')) resolve(JSON.parse(line).url)
    })
  })
}

export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'colloquy-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
