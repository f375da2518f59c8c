import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerError, answerNotFound } from '../../server/routes/answer-error.ts'
import type { ApiEnv } from '../../server/routes/api.ts'
import { pageRoutes } from '../../server/routes/page.ts'
import { readPageFiles } from '../../server/routes/page-files.ts'
import { createLogger, openTelemetry } from '../../server/telemetry.ts'

let folder: string
let app: Hono<ApiEnv>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-page-'))
  mkdirSync(join(folder, 'built/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'a secret')
  const write = (name: string, bytes: string | Uint8Array) =>
    writeFileSync(join(folder, 'built', name), bytes)
  write('index.html', '<title>Colloquy</title>')
  write('index.html.gz', gzipSync('<title>Colloquy</title>'))
  write('theme.js', '// theme')
  write('icon.svg', '<svg/>')
  write('assets/main-1a2b.js', 'main()')
  write('assets/main-1a2b.js.gz', gzipSync('main()'))
  write('assets/main-1a2b.js.br', brotliCompressSync('main()'))
  write('assets/inter-3c4d.woff2', 'font')
  app = await appWith(join(folder, 'built'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function appWith(built: string) {
  const app = new Hono<ApiEnv>()
  const telemetry = await openTelemetry(createLogger('silent'))
  app.use((c, next) => {
    c.set('telemetry', telemetry)
    return next()
  })
  app.onError(answerError)
  const files = readPageFiles(built)
  app.notFound(answerNotFound(app, files))
  app.route('/', pageRoutes(files))
  return app
}

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

describe('the page', () => {
  test.each(['/', '/c/01a2048c-33c2-744d-8416-0e6e8626da85', '/sign-in', '/sign-up', '/settings'])(
    'is at %s',
    async path => {
      const response = await get(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(await response.text()).toBe('<title>Colloquy</title>')
    },
  )

  test.each(['/nothing', '/c', '/c/1/2', '/settings/more', '/index.html', '/assets', '/api'])(
    'is not at %s',
    async path => expect((await get(path)).status).toBe(404),
  )

  test('tells a person that there is nothing at an address, and a program as a problem', async () => {
    const person = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const shown = await get('/nothing', person)
    expect([shown.status, await shown.text()]).toEqual([404, '<title>Colloquy</title>'])
    expect(shown.headers.get('cache-control')).toBe('no-store')
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const [path, headers] of [['/nothing', {}] as const, ['/api/nothing', person] as const])
      expect((await get(path, headers)).headers.get('content-type')).toBe('application/problem+json')
    expect((await app.request('/nothing', { method: 'POST', headers: person })).status).toBe(404)
  })

  test('lets in nothing but its own files', async () => {
    const { headers } = await get('/')
    const policy = headers.get('content-security-policy')?.split('; ') ?? []
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ]),
    )
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  })

  test('is not sent again to who has it', async () => {
    const etag = (await get('/')).headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[\w-]+"$/)
    for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await get('/', { 'if-none-match': known })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    }
    expect((await get('/', { 'if-none-match': 'W/"older"' })).status).toBe(200)
  })

  test('answers HEAD with the same headers and no body', async () => {
    const response = await app.request('/', { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '23',
      '',
    ])
  })
})

describe('a file of the page', () => {
  test('whose name changes with it is kept for ever', async () => {
    const { headers } = await get('/assets/main-1a2b.js')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('vary')).toBe('accept-encoding')
  })

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br;q=0.5', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=1.0', 'gzip'],
    ['BR', 'br'],
    ['br;q=0.0', null],
    ['deflate', null],
    ['', null],
  ])('comes in an encoding that is accepted: %s', async (accepted, encoding) => {
    const response = await get('/assets/main-1a2b.js', { 'accept-encoding': accepted })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(response.headers.get('content-length')).toBe(String(bytes.length))
    const decoded = encoding === 'br' ? brotliDecompressSync(bytes) : encoding ? gunzipSync(bytes) : bytes
    expect(decoded.toString()).toBe('main()')
  })

  test('comes as it is where no other encoding was built', async () => {
    const response = await get('/assets/inter-3c4d.woff2', { 'accept-encoding': 'br, gzip' })
    expect([response.headers.get('content-encoding'), response.headers.get('content-type')]).toEqual([
      null,
      'font/woff2',
    ])
  })

  test.each([
    '/assets/gone-5e6f.js',
    '/assets/main-1a2b.js.br',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/..%5c..%5csecret.js',
    '/assets/%00',
    '/assets/%E0%A4%A',
  ])('does not exist outside of what was built: %s', async path => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('a secret')
  })
})

test('a page that was not built says how to build it', async () => {
  const response = await (await appWith(join(folder, 'nowhere'))).request('/')
  expect(response.status).toBe(503)
  const html = await response.text()
  expect(html).toContain('npm run build')
  expect(html).not.toMatch(/<script|<style|src=|href="(https?:)?\/\//)
})
