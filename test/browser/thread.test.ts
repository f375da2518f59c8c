import { describe, expect, test } from 'vitest'
import { findBarriers } from './support/find-barriers.ts'
import { conversation, conversations, focused } from './support/places.ts'
import { openStage, password, sizes } from './support/stage.ts'
import { button, log, messageBox, messages, said, say, settled } from './support/thread.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

describe('a new conversation', () => {
  test('begins with its first message, in the same place, and is listed', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await messageBox(page).evaluate(box => box.setAttribute('data-same', 'yes'))
      await say(page, 'Add a task to water the plants')
      await page.waitForURL(/\/c\/[0-9a-f-]{36}$/)
      await messages(page).filter({ hasText: /added/i }).getByText('water the plants').first().waitFor()
      await settled(page)
      expect(await messageBox(page).getAttribute('data-same')).toBe('yes')
      expect(await focused(page)).toBe('Message')
      await conversations(page).getByRole('link').waitFor()
      expect(await conversations(page).getByRole('link').getAttribute('aria-current')).toBe('page')
      await log(page).getByRole('strong').waitFor()
      const before = await said(page)
      await page.reload()
      await messages(page).nth(1).waitFor()
      await expect.poll(() => said(page)).toEqual(before)
    }))

  test('in Urdu has letters of our own, which nobody else loads', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      const loaded = () =>
        page.evaluate(
          () =>
            [...document.fonts].filter(
              ({ family, status }) => family.includes('Noto Sans Arabic') && status === 'loaded',
            ).length,
        )
      await say(page, 'Hello')
      await settled(page)
      expect(await loaded()).toBe(0)
      await say(page, 'دودھ لینے کا کام شامل کرو')
      await settled(page)
      await expect.poll(loaded).toBe(1)
    }))

  test.each(["What's on my list?", 'Add a task to buy groceries tomorrow'])('can begin with “%s”', starter =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: starter }).click()
      await page.waitForURL(/\/c\//)
      await settled(page)
      expect(await messages(page).count()).toBe(2)
      expect(await page.getByRole('alert').count()).toBe(0)
    }),
  )

  test('and the one before it are two', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await say(page, 'Hello')
      await page.waitForURL(/\/c\//)
      await settled(page)
      await page.getByRole('button', { name: 'New conversation' }).first().click()
      await page.getByRole('heading', { name: /What is on your mind/ }).waitFor()
      await say(page, 'Thanks')
      await page.waitForURL(/\/c\//)
      await settled(page)
      expect((await said(page))[0]).toBe('Thanks')
      await conversation(page, 'Hello').click()
      await messages(page).getByText('Hello', { exact: true }).waitFor()
      expect((await said(page))[0]).toBe('Hello')
    }))
})

describe('writing', () => {
  test('Shift+Enter begins a line, Enter sends, and not in the middle of a word of an input method', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      const box = messageBox(page)
      await box.pressSequentially('One')
      await box.press('Shift+Enter')
      await box.pressSequentially('Two')
      await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
      expect(await box.inputValue()).toBe('One\nTwo')
      await box.press('Enter')
      await page.waitForURL(/\/c\//)
      await settled(page)
      expect((await said(page))[0]).toBe('One\nTwo')
      expect(await box.inputValue()).toBe('')
    }))

  test('the limit is shown near it, in the characters people see, and kept', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await messageBox(page).fill('x'.repeat(4499))
      expect(await page.getByText('of 5,000 characters').count()).toBe(0)
      await messageBox(page).fill('😀'.repeat(5000))
      await page.getByText('5,000 of 5,000 characters').waitFor()
      await messageBox(page).fill('😀'.repeat(5001))
      await page.getByText('5,001 of 5,000 characters').waitFor()
      await messageBox(page).press('Enter')
      expect(await button(page, 'Send').getAttribute('aria-disabled')).toBe('true')
      expect(await messageBox(page).inputValue()).toHaveLength(10_002)
      await messageBox(page).fill(`${'😀'.repeat(5000)}`)
      await messageBox(page).press('Enter')
      await page.waitForURL(/\/c\//)
    }))

  test('what is not sent yet is kept for each conversation, through a reload', () =>
    stage.visitAs(async ({ page, client }) => {
      const { body } = await client.call('POST', '/conversations', { title: 'Groceries' })
      await page.goto('/')
      await messageBox(page).fill('Something new')
      await conversation(page, 'Groceries').click()
      await page.waitForURL(`**/c/${body.id}`)
      await messageBox(page).fill('Something about groceries')
      await page.reload()
      await expect.poll(() => messageBox(page).inputValue()).toBe('Something about groceries')
      await page.getByRole('button', { name: 'New conversation' }).first().click()
      await expect.poll(() => messageBox(page).inputValue()).toBe('Something new')
    }))

  test('a session that has ended leads to sign-in and back, with the text kept', () =>
    stage.visitAs(
      async ({ page, context, client, email }) => {
        const { body } = await client.say('Hello')
        await page.goto(`/c/${body.conversation_id}`)
        await messages(page).nth(1).waitFor()
        await context.clearCookies()
        await page.route('**/ai-sdk', route =>
          route.fulfill({ status: 401, json: { code: 'token_expired', status: 401 } }),
        )
        await say(page, 'Do not lose this')
        await page.getByLabel('Password').waitFor()
        await page.unroute('**/ai-sdk')
        await page.getByLabel('E-mail').fill(email)
        await page.getByLabel('Password').fill(password)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`**/c/${body.conversation_id}`)
        await expect.poll(() => messageBox(page).inputValue()).toBe('Do not lose this')
        await messageBox(page).press('Enter')
        await expect
          .poll(async () => (await said(page)).filter(text => text === 'Do not lose this').length)
          .toBe(1)
      },
      { expected: [401] },
    ))

  test('what is refused comes back to be changed, with the reason', () =>
    stage.visitAs(
      async ({ page }) => {
        await page.goto('/')
        await page.route('**/ai-sdk', route =>
          route.fulfill({
            status: 429,
            headers: { 'retry-after': '7' },
            json: { code: 'rate_limited', status: 429 },
          }),
        )
        await say(page, 'Too much')
        await page.getByText('Try again in 7 seconds.').waitFor()
        await expect.poll(() => messageBox(page).inputValue()).toBe('Too much')
        expect(await messages(page).count()).toBe(0)
        await page.unroute('**/ai-sdk')
        await button(page, 'Try again').click()
        await page.waitForURL(/\/c\//)
        await settled(page)
        expect((await said(page))[0]).toBe('Too much')
        expect(await page.getByRole('alert').count()).toBe(0)
      },
      { expected: [429] },
    ))
})

test('a conversation that does not exist says so and leads on', () =>
  stage.visitAs(
    async ({ page }) => {
      await page.goto('/c/0198f000-0000-7000-8000-000000000000')
      await page.getByText('This conversation does not exist.').waitFor()
      await button(page, 'Start a new conversation').click()
      await page.getByRole('heading', { name: /What is on your mind/ }).waitFor()
    },
    { expected: [404] },
  ))

test('a message says when it was said, on the clock that the person has chosen', () =>
  stage.visitAs(async ({ page, client }) => {
    await client.call('PUT', '/settings', { time_zone: 'Asia/Kathmandu' })
    const { body } = await client.say('Hello')
    await page.goto(`/c/${body.conversation_id}`)
    const time = messages(page).last().locator('time')
    const at = new Date((await time.getAttribute('datetime')) ?? '')
    const clock = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' })
    await time.getByText(clock.format(at)).waitFor()
  }))

test('what an assistant did is told as a card, and a screen reader hears the end of an answer', () =>
  stage.visitAs(async ({ page }) => {
    await page.goto('/')
    await say(page, 'Add a task to water the plants')
    const card = log(page).getByRole('group').filter({ hasText: 'Added a task' })
    await card.getByText('Added a task').click()
    await card.getByText('"title"').first().waitFor()
    await card.getByText('add_task').waitFor()
    expect(await card.getByRole('time').or(card.locator('time')).count()).toBe(1)
    await expect
      .poll(() => page.locator('[aria-live=polite].sr-only').textContent())
      .toMatch(/The assistant has answered: [^*]*water the plants[^*]*$/i)
    expect(await log(page).getAttribute('aria-busy')).toBe('false')
  }))

test('a reminder stands for itself', () =>
  stage.visitAs(async ({ page, client, server }) => {
    await client.say('Add a task to call the dentist tomorrow')
    await client.say('Remind me about it tomorrow at 9am')
    await server.context.db.query(
      `update colloquy.reminders set remind_at = now() - interval '1 second' where user_id = $1`,
      [client.userId],
    )
    await page.goto('/')
    await conversations(page).getByRole('link').first().click()
    await log(page).getByText('Reminder', { exact: true }).waitFor()
  }))

test.each(Object.keys(sizes) as (keyof typeof sizes)[])('has no barriers, %s', size =>
  stage.visitAs(
    async ({ page }) => {
      await page.goto('/')
      await page.getByRole('heading', { name: /What is on your mind/ }).waitFor()
      expect(await findBarriers(page, [size])).toEqual([])
      await say(page, 'Add a task to water the plants')
      await page.waitForURL(/\/c\//)
      await settled(page)
      await say(page, 'delete task 1')
      await button(page, 'Approve').waitFor()
      await settled(page)
      expect(await findBarriers(page, [size])).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    },
    { size },
  ),
)
