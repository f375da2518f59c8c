import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, clientOf, startServer, type TestServer } from '../support/server.ts'
import { launchChromium } from './support/chromium.ts'

let server: TestServer
let client: Client
let pages: ViteDevServer
let browser: Browser

beforeAll(async () => {
  server = await startServer()
  client = await clientOf(server)
  process.env.COLLOQUY_URL = server.url
  process.env.TOKEN = client.token
  const configFile = join(import.meta.dirname, '../../examples/use-chat/vite.config.ts')
  pages = await createServer({ configFile, server: { host: '127.0.0.1', port: 0 }, logLevel: 'error' })
  await pages.listen()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await pages?.close()
  await server?.[Symbol.asyncDispose]()
})

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

test('the page of examples/use-chat talks, asks, and has it all after a reload', async () => {
  const page = await browser.newPage()
  await page.goto(pages.resolvedUrls?.local[0] ?? '')
  await say(page, 'Add a task to buy groceries')
  await page.getByText('Added').waitFor()
  await say(page, 'Delete task 1')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('Deleted').waitFor()
  expect((await client.call('GET', '/tasks')).body).toEqual([])
  await page.reload()
  await page.getByText('Deleted').waitFor()
  expect(await page.getByRole('article').count()).toBe(4)
})
