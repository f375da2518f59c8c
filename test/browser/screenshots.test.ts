import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Client } from '../support/server.ts'
import { openStage } from './support/stage.ts'

/** The pictures of the README. `UPDATE_SCREENSHOTS=1 npm test -- screenshots` takes them anew. */

const folder = join(import.meta.dirname, '../../docs/screenshots')
const update = process.env.UPDATE_SCREENSHOTS === '1'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

const said = [
  'Add a high priority task to review the quarterly report by Friday',
  'remind me to call mom tomorrow at 5pm',
  'Add buy groceries and feed the cat',
  'What is on my list?',
  'Delete the groceries task',
]

const pictures = [
  { name: 'light', size: 'desktop', theme: 'light' },
  { name: 'dark', size: 'desktop', theme: 'dark' },
  { name: 'phone', size: 'phone', theme: 'light' },
] as const

test.each(pictures)('a conversation about tasks fits the window: $name', ({ name, size, theme }) =>
  stage.visitAs(
    async ({ page, client }) => {
      // As the browser's own requests would say.
      await client.call('PUT', '/settings', { locale: 'en-US' })
      await page.goto(`/c/${await talk(client)}`)
      await page.getByRole('region', { name: 'Delete a task: “Buy groceries”?' }).waitFor()
      await page.locator('.prose strong').last().waitFor()
      if (size === 'desktop') await page.getByRole('checkbox', { name: 'Call mom' }).waitFor()
      expect(await overflow(page)).toBe(0)
      const file = join(folder, `${name}.png`)
      if (update) await page.screenshot({ path: file, animations: 'disabled' })
      expect(existsSync(file)).toBe(true)
    },
    { size, theme },
  ),
)

/** Says it all in one conversation, and gives its id. */
async function talk({ say }: Client): Promise<string | undefined> {
  let conversationId: string | undefined
  for (const message of said) conversationId = (await say(message, conversationId)).body.conversation_id
  return conversationId
}

/** By how much the page is wider than its window. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
