import { expect, test } from 'vitest'
import type { Client } from '../support/server.ts'
import { storeConversation } from '../support/stored-conversation.ts'
import { focused } from './support/places.ts'
import { openStage, type Visit } from './support/stage.ts'
import { button, log, messageBox, messages, said, say, settled } from './support/thread.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

test('2,000 messages open at the newest, and those before come in without a jump', () =>
  stage.visitAs(async ({ page, client, server }) => {
    const id = await storeConversation(server.context.db, client.userId, { turns: 1000 })
    await page.goto(`/c/${id}`)
    const newest = messages(page).last()
    await newest.getByText('answer 1000').waitFor()
    await expect.poll(() => newest.evaluate(inView)).toBe(true)
    const shown = await messages(page).count()
    expect(shown).toBeLessThanOrEqual(100)

    await page.setViewportSize({ width: 1440, height: 500 })
    const box = log(page)
    const first = await messages(page).first().getAttribute('data-place')
    expect(first).toBeNull()
    // What is being read is marked, and must not move by more than a rounding while others come in above it.
    const before = await box.evaluate(view => {
      view.scrollTop = 300
      const read = [...view.querySelectorAll('article')].find(
        each => each.getBoundingClientRect().bottom > view.getBoundingClientRect().top,
      )
      read?.setAttribute('data-read', '')
      return read?.getBoundingClientRect().top
    })
    await expect.poll(() => messages(page).count()).toBeGreaterThan(shown)
    const after = await box.evaluate(view => view.querySelector('[data-read]')?.getBoundingClientRect().top)
    expect(Math.abs((after ?? 0) - (before ?? 0))).toBeLessThanOrEqual(2)

    for (let times = 0; times < 4; times += 1) {
      const count = await messages(page).count()
      await box.evaluate(view => view.scrollTo({ top: 0 }))
      await expect.poll(() => messages(page).count()).toBeGreaterThan(count)
    }
    await button(page, 'Jump to the newest').click()
    await expect.poll(() => messages(page).last().evaluate(inView)).toBe(true)
    await expect.poll(() => messages(page).count()).toBeLessThanOrEqual(100)
    await messageBox(page).fill('Hello')
    await messageBox(page).press('Enter')
    await settled(page)
    await expect
      .poll(async () => (await said(page)).slice(-2))
      .toEqual(['Hello', expect.stringContaining('Hello!')])
    await expect.poll(() => messages(page).last().evaluate(inView)).toBe(true)
  }))

/** A conversation longer than the window, scrolled up; resolves to its id. */
async function readFromTheTop({ page, client, server }: Omit<Visit, 'context'> & { client: Client }) {
  const id = await storeConversation(server.context.db, client.userId, { turns: 20 })
  await page.goto(`/c/${id}`)
  await messages(page).last().getByText('answer 20').waitFor()
  await log(page).evaluate(view => view.scrollTo({ top: 0 }))
  await expect.poll(() => button(page, 'Jump to the newest').isVisible()).toBe(true)
  return id
}

test('who has scrolled up to read is left there while an answer comes', () =>
  stage.visitAs(async ({ page, client, server }) => {
    const id = await readFromTheTop({ page, client, server })
    await client.say('Hello', id)
    await messages(page).getByText('Hello', { exact: true }).waitFor({ state: 'attached' })
    await settled(page)
    expect(await log(page).evaluate(view => view.scrollTop)).toBeLessThan(10)
    await button(page, 'Jump to the newest').click()
    await expect.poll(() => messages(page).last().evaluate(inView)).toBe(true)
    await say(page, 'Thanks')
    await settled(page)
    await expect.poll(() => messages(page).last().evaluate(inView)).toBe(true)
  }))

test('who says something sees it, wherever they have scrolled to', () =>
  stage.visitAs(async ({ page, client, server }) => {
    await readFromTheTop({ page, client, server })
    await say(page, 'Thanks')
    await expect.poll(() => messages(page).getByText('Thanks', { exact: true }).evaluate(inView)).toBe(true)
    await settled(page)
    await expect.poll(() => messages(page).last().evaluate(inView)).toBe(true)
    expect(await focused(page)).toBe('Message')
  }))

function inView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  const view = element.closest('[role=log]')?.getBoundingClientRect()
  return view !== undefined && bottom > view.top && top < view.bottom
}
