import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const page = join(import.meta.dirname, '../../dist/page')
const limitKiB = 260

test('what the page needs before it can be written in stays small', () => {
  const html = readFileSync(join(page, 'index.html'), 'utf8')
  const entry = /src="\/assets\/([\w-]+\.js)"/.exec(html)?.[1] ?? ''
  // Asked for at once by the entry, beside what else it asks for.
  const thread = readdirSync(join(page, 'assets')).find(name => /^live-thread-[\w-]+\.js$/.test(name)) ?? ''
  const files = [...new Set([...neededBy(entry), ...neededBy(thread)])]
  expect(files).toEqual(expect.arrayContaining([entry, thread]))
  const bytes = files.reduce((sum, name) => sum + statSync(join(page, 'assets', `${name}.gz`)).size, 0)
  expect(bytes / 1024).toBeLessThanOrEqual(limitKiB)
  expect(bytes / 1024, 'the sum is of something').toBeGreaterThan(limitKiB / 2)
})

/** A file and everything it imports before it runs. */
function neededBy(name: string): string[] {
  const code = readFileSync(join(page, 'assets', name), 'utf8')
  const imported = [...code.matchAll(/(?:from|import)\s*["`]\.\/([\w-]+\.js)["`]/g)].map(
    match => match[1] ?? '',
  )
  return [name, ...imported.flatMap(neededBy)]
}
