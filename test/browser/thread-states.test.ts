import type { Page } from 'playwright-core'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Answer, failure, held, stream, text, textStream, toolCall } from '../support/replay-answers.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { modelAt } from '../support/replayed-server.ts'
import { findBarriers } from './support/find-barriers.ts'
import { openStage, sizes } from './support/stage.ts'
import { button, log, messageBox, messages, queued, say, settled } from './support/thread.ts'

/** Each state a thread can be in keeps nobody out, and fits the narrowest window, whatever people write. */

const replay = await startReplayServer()
afterAll(() => replay[Symbol.asyncDispose]())
beforeEach(() => replay.otherwise(failure(400)))

const stage = openStage(modelAt(replay))

const longWord = 'incomprehensibilities'.repeat(9)
const longLine =
  'Water the plants on the balcony and in the living room, every morning before work and after it'

const isFine = async (page: Page) => {
  expect(await findBarriers(page)).toEqual([])
  expect(await sticksOut(page)).toEqual([])
  await page.setViewportSize(sizes.phone)
  expect(await sticksOut(page)).toEqual([])
  await page.setViewportSize(sizes.desktop)
}

test('what an answer does, and what it asks', () =>
  stage.visitAs(async ({ page, client, server }) => {
    await client.call('POST', '/tasks', { title: longWord })
    replay.enqueue([
      stream(text('Two things.'), toolCall('add_task', { title: longLine }), toolCall('send_mail', {})),
      stream(text(longWord), toolCall('delete_task', { task_id: 1 })),
    ])
    await page.goto('/')
    await say(page, longWord)
    await page.getByRole('region', { name: longWord }).waitFor()
    await settled(page)
    await isFine(page)
    await server.context.db.query(
      `update colloquy.tool_calls set status = 'unknown', effect = 'external', result = null
        where user_id = $1 and name = 'add_task'`,
      [client.userId],
    )
    replay.enqueue([textStream('As you wish.')])
    await button(page, 'Deny').click()
    await log(page).getByText('As you wish.').waitFor()
    await page.reload()
    await log(page).getByText('Outcome unknown').waitFor()
    await isFine(page)
  }))

test('messages that wait, and one of them being edited', () =>
  stage.visitAs(async ({ page }) => {
    const waiting = begun(textStream('First', ' answer'))
    await page.goto('/')
    await say(page, 'One')
    await log(page).getByText('First').waitFor()
    await say(page, longLine)
    await say(page, longWord)
    await expect.poll(() => button(page, 'Remove queued message').count()).toBe(2)
    await isFine(page)
    await queued(page).last().getByRole('button', { name: 'Edit queued message' }).click()
    await isFine(page)
    await page.keyboard.press('Escape')
    waiting.release()
  }))

test('an answer that failed, a message being written and one being edited', () =>
  stage.visitAs(async ({ page }) => {
    replay.enqueue([failure(500)])
    await page.goto('/')
    await say(page, longWord)
    await page.getByText('The assistant cannot be reached.').waitFor()
    await settled(page)
    await messageBox(page).fill(longWord.repeat(30))
    await page.getByText('characters', { exact: false }).waitFor()
    await isFine(page)
    await messages(page).first().hover()
    await button(page, 'Edit message').click()
    await isFine(page)
  }))

test('what was refused', () =>
  stage.visitAs(
    async ({ page }) => {
      await page.goto('/')
      await page.route('**/ai-sdk', route =>
        route.fulfill({ status: 429, json: { code: 'rate_limited', status: 429 } }),
      )
      await say(page, longWord)
      await page.getByRole('alert').waitFor()
      await isFine(page)
    },
    { expected: [429] },
  ))

function begun(answer: Answer) {
  const waiting = held(answer, { after: 1 })
  replay.enqueue([waiting])
  return waiting
}

/** What is cut off at the side, or makes the page wider than its window. */
const sticksOut = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('article, form, [aria-label="Queued messages"]')]
      .filter(element => element.scrollWidth > element.clientWidth)
      .map(element => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
  )
