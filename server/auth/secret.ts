import { hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { minSecretCharacters } from '../config-values.ts'

/** The problem with a secret for sessions and tokens; undefined if there is none. Never repeats the secret. */
export function findSecretProblem(secret: string | undefined): string | undefined {
  if (!secret) return 'The secret is missing'
  if (secret.length >= minSecretCharacters) return undefined
  return `The secret has ${secret.length} characters and needs at least ${minSecretCharacters}`
}

/** The embedded database's secret, in `<dataDir>/secret`: made by the first call and kept. */
export function keepSecret(dataDir: string): string {
  const path = join(dataDir, 'secret')
  const secret = readSecret(path) ?? makeSecret(dataDir, path)
  const problem = findSecretProblem(secret)
  if (problem) throw new Error(`${problem}: restore the file ${path}, or remove it (everyone signs in again)`)
  return secret
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Atomic: linking a complete file makes it appear whole or not at all, and never replaces an existing one. */
function makeSecret(dataDir: string, path: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeDurably(draft, `${randomBytes(32).toString('base64url')}\n`)
    linkSync(draft, path)
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error // another process was faster: use its secret
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(path, 'utf8').trim()
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const isFileError = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code

/** Derives a key for another purpose (RFC 5869): the same on every instance with the same secret. */
export const keyFrom = (secret: string, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', `colloquy ${purpose}`, 32))
