import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Agent } from '../../../server/agent/agent.ts'
import { type Client, clientOf, startServer, type TestServer } from '../../support/server.ts'
import { launchChromium } from './chromium.ts'
import { type Expected, watchPage } from './watch-page.ts'

export const sizes = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 320, height: 640 },
}

export interface VisitOptions {
  size?: keyof typeof sizes
  theme?: 'light' | 'dark'
  expected?: readonly Expected[]
}

export interface Visit {
  page: Page
  context: BrowserContext
  server: TestServer
}

export const password = 'correct horse battery'
let people = 0

/** A server and a browser for the tests of a file. */
export function openStage(environment: Record<string, string> = {}, agent?: Agent) {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    const settings = { SIGN_INS_PER_MINUTE: '0', SHUTDOWN_GRACE_SECONDS: '0', ...environment }
    ;[server, browser] = await Promise.all([startServer(settings, agent), launchChromium()])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  /** A browser of its own for someone; afterwards nothing may have gone wrong in it. */
  async function visit(act: (visit: Visit) => Promise<void>, options: VisitOptions = {}): Promise<void> {
    const { size = 'desktop', theme = 'light', expected = [] } = options
    const context = await browser.newContext({
      baseURL: server.url,
      viewport: sizes[size],
      colorScheme: theme,
      reducedMotion: 'reduce',
    })
    try {
      const wrong = watchPage(context, server.url, expected)
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      await act({ page, context, server })
      expect(wrong).toEqual([])
    } finally {
      await context.close()
    }
  }

  /** The same by someone who has an account and is signed in; `client` is their access to the API. */
  function visitAs(
    act: (visit: Visit & { client: Client; email: string }) => Promise<void>,
    options?: VisitOptions,
  ): Promise<void> {
    return visit(async given => {
      const email = `ada-${++people}@example.com`
      const { client } = await signUp(given.context, given.server, email)
      await act({ ...given, client, email })
    }, options)
  }

  return { visit, visitAs }
}

/** Makes an account outside of the page; the browser then has its session. */
async function signUp(context: BrowserContext, server: TestServer, email: string) {
  const headers = { origin: server.url }
  const account = { name: 'Ada Lovelace', email, password }
  const made = await context.request.post('/api/auth/sign-up/email', { data: account, headers })
  const { user } = await made.json()
  const { token } = await (await context.request.get('/api/auth/token')).json()
  return { client: await clientOf(server, user.id, token) }
}
