import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findSecretProblem, keepSecret } from '../server/auth/secret.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a secret is made once, for its owner alone, in a folder that may not be there yet', () => {
  const dataDir = join(folder, 'new', 'data')
  const secret = keepSecret(dataDir)
  expect(findSecretProblem(secret)).toBeUndefined()
  expect(keepSecret(dataDir)).toBe(secret)
  expect(readdirSync(dataDir)).toEqual(['secret'])
  expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
})

test('no two folders get the same secret', () => {
  expect(keepSecret(join(folder, 'a'))).not.toBe(keepSecret(join(folder, 'b')))
})

test.each(['', '\n', 'short'])('a secret file that holds %j is not replaced, but named', content => {
  const path = join(folder, 'secret')
  writeFileSync(path, content)
  expect(() => keepSecret(folder)).toThrow(path)
  expect(() => keepSecret(folder)).toThrow(/^The secret (is missing|has 5 characters)/)
})

test.each([
  [undefined, 'The secret is missing'],
  ['', 'The secret is missing'],
  ['x'.repeat(31), 'The secret has 31 characters and needs at least 32'],
  ['x'.repeat(32), undefined],
])('the secret %j: %s', (secret, problem) => {
  expect(findSecretProblem(secret)).toBe(problem)
})
