import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { pageRoutes } from '../../server/routes/page.ts'

test('the first page says that the server runs and where the API is documented', async () => {
  const response = await pageRoutes().request('/')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i)
  const html = await response.text()
  expect(html).toContain('<h1>Colloquy is running</h1>')
  expect(html).toContain('href="/openapi.json"')
  expect(html).toContain('prefers-color-scheme: dark')
})

test('the first page loads nothing from anywhere and its policy lets in only its own style', async () => {
  const response = await pageRoutes().request('/')
  const html = await response.text()
  expect(html).not.toMatch(/<script|<iframe|src=|@import|url\(|href="(https?:)?\/\//)
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})
