import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, startPostgresServer } from '../support/postgres-server.ts'
import { held, textStream } from '../support/replay-answers.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { modelAt } from '../support/replayed-server.ts'
import { openPlace, type Place, startServerProcess } from '../support/server.ts'
import { launchChromium } from './support/chromium.ts'
import { password } from './support/stage.ts'
import { log, said, say, settled } from './support/thread.ts'
import { watchPage } from './support/watch-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

// Three real processes start in the longest of these.
const testMs = 150_000

const settings = { SIGN_INS_PER_MINUTE: '0', LOG_LEVEL: 'info' }

/** Signed in at `url`; the page may lose its connection, and nothing else may go wrong in it. */
async function visit(url: string, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: url, reducedMotion: 'reduce' })
  try {
    const wrong = watchPage(context, url, ['disconnected'])
    await signUp(context, url)
    const page = await context.newPage()
    page.setDefaultTimeout(45_000)
    await page.goto('/')
    await page.evaluate(() => Object.assign(window, { isSame: true }))
    await act(page)
    expect(await page.evaluate(() => 'isSame' in window), 'it was never reloaded').toBe(true)
    expect(wrong).toEqual([])
  } finally {
    await context.close()
  }
}

const signUp = (context: BrowserContext, url: string) =>
  context.request.post('/api/auth/sign-up/email', {
    data: { name: 'Ada', email: `ada-${Math.random()}@example.com`, password },
    headers: { origin: url },
  })

test(
  'a server that is killed in the middle of an answer and started again: the page shows the same answer to its end',
  async () => {
    await using replay = await startReplayServer()
    await using place = await openPlace()
    const environment = { ...settings, ...modelAt(replay), PORT: String(await freePort()) }
    const first = await startServerProcess(place, environment)
    const begun = held(textStream('The first half', ' that is lost'), { after: 1 })
    replay.enqueue([begun, textStream('The first half', ' and the second')])
    await visit(first.url, async page => {
      await say(page, 'Tell me')
      await log(page).getByText('The first half').waitFor()
      await first[Symbol.asyncDispose]()
      await log(page).getByText('Reconnecting…').waitFor()
      await using _second = await startServerProcess(place, environment)
      await log(page).getByText('The first half and the second').waitFor()
      await settled(page)
      expect(await said(page)).toEqual(['Tell me', 'The first half and the second'])
      await say(page, 'Thank you')
      replay.otherwise(textStream('With pleasure'))
      await log(page).getByText('With pleasure').waitFor()
    })
    begun.release()
  },
  testMs,
)

test(
  'a message sent while no server is there is sent once, as soon as there is one',
  async () => {
    await using replay = await startReplayServer()
    await using place = await openPlace()
    const environment = { ...settings, ...modelAt(replay), PORT: String(await freePort()) }
    const first = await startServerProcess(place, environment)
    replay.otherwise(textStream('Good morning'))
    await visit(first.url, async page => {
      await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
      await first[Symbol.asyncDispose]()
      await say(page, 'Is anybody there?')
      await log(page).getByText('Reconnecting…').waitFor()
      await using _second = await startServerProcess(place, environment)
      await log(page).getByText('Good morning').waitFor()
      await settled(page)
      expect(await said(page)).toEqual(['Is anybody there?', 'Good morning'])
      expect(replay.requests).toHaveLength(1)
    })
  },
  testMs,
)

test(
  'two servers behind a proxy: the page goes on at the other one, and with an answer that the other one takes over',
  async () => {
    await using replay = await startReplayServer()
    await using postgres = await startPostgresServer()
    await using proxy = await startProxy()
    const place: Place = {
      environment: { DATABASE_URL: `${postgres.url}/postgres` },
      [Symbol.asyncDispose]: async () => {},
    }
    const environment = { ...settings, ...modelAt(replay), PUBLIC_URL: proxy.url }
    await using one = await startServerProcess(place, environment)
    await using other = await startServerProcess(place, environment)
    proxy.leadTo(one.url)
    await visit(proxy.url, async page => {
      const begun = held(textStream('Begun here', ' and read there'), { after: 1 })
      replay.enqueue([begun])
      await say(page, 'One')
      await log(page).getByText('Begun here').waitFor()
      proxy.leadTo(other.url)
      begun.release()
      await log(page).getByText('Begun here and read there').waitFor()
      await settled(page)

      const lost = held(textStream('Said by one', ' that dies'), { after: 1 })
      replay.enqueue([lost, textStream('Said by the other')])
      await say(page, 'Two')
      await log(page).getByText('Said by one').waitFor()
      proxy.leadTo(one.url)
      other.child.kill('SIGKILL')
      await log(page).getByText('Said by the other').waitFor()
      await settled(page)
      lost.release()
      expect(await said(page)).toEqual(['One', 'Begun here and read there', 'Two', 'Said by the other'])
    })
  },
  testMs,
)

/** One address before several servers; leading elsewhere cuts every connection there is. */
async function startProxy() {
  let target = 0
  const open = new Set<Socket>()
  const proxy = createServer(client => {
    const server = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a string.
  const { port } = proxy.address() as AddressInfo
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${port}`,
    leadTo(url: string) {
      target = Number(new URL(url).port)
      cut()
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise(resolve => proxy.close(resolve))
    },
  }
}
