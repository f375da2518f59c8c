import { describe, expect, test } from 'vitest'
import { chooseAction, conversation, conversations, focused } from './support/places.ts'
import { openStage } from './support/stage.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

const titles = ['Groceries', 'A trip to Lahore', 'Reading list']

/** A signed-in person with some conversations, the last of `titles` newest. */
const visit: typeof stage.visitAs = (act, options) =>
  stage.visitAs(async given => {
    for (const title of titles) await given.client.call('POST', '/conversations', { title })
    await act(given)
  }, options)

describe('the conversations', () => {
  test('are listed by their last activity, and one opens with its title', () =>
    visit(async ({ page }) => {
      await page.goto('/')
      await conversation(page, 'Groceries').waitFor()
      expect(await conversations(page).getByRole('link').allTextContents()).toEqual(titles.toReversed())
      await conversation(page, 'A trip to Lahore').click()
      await page.getByRole('heading', { name: 'A trip to Lahore', level: 1 }).waitFor()
      expect(await page.title()).toBe('A trip to Lahore · Colloquy')
      expect(await conversation(page, 'A trip to Lahore').getAttribute('aria-current')).toBe('page')
      await page.getByRole('button', { name: 'New conversation' }).click()
      await page.waitForURL(url => url.pathname === '/')
    }))

  test('stand under the day or the month of their last activity', () =>
    stage.visitAs(async ({ page, client, server }) => {
      for (const days of [0, 1, 3, 400]) {
        const { body } = await client.call('POST', '/conversations', { title: `${days} days ago` })
        await server.context.db.query(
          `update colloquy.conversations set updated_at = now() - $2::int * interval '24 hours' where id = $1`,
          [body.id, days],
        )
      }
      await page.goto('/')
      await conversation(page, '400 days ago').waitFor()
      const month = new Date(Date.now() - 400 * 86_400_000).toLocaleDateString('en', {
        month: 'long',
        year: 'numeric',
      })
      expect(await conversations(page).getByRole('heading').allTextContents()).toEqual([
        'Today',
        'Yesterday',
        'Previous 7 days',
        month,
      ])
    }))

  test('come page by page', () =>
    stage.visitAs(async ({ page, client }) => {
      for (let n = 1; n <= 120; n++) await client.call('POST', '/conversations', { title: `Number ${n}` })
      await page.goto('/')
      await conversation(page, 'Number 120').waitFor()
      for (const seen of [71, 21, 1]) await conversation(page, `Number ${seen}`).scrollIntoViewIfNeeded()
      expect(await conversations(page).getByRole('link').count()).toBe(120)
    }))

  test('are searched by their titles and by what was said', () =>
    visit(async ({ page, client }) => {
      await client.say('Is marzipan made of almonds?')
      await page.goto('/')
      const box = page.getByRole('searchbox', { name: 'Search conversations' })
      await conversation(page, 'Groceries').waitFor()
      await page.keyboard.press('Control+k')
      expect(await focused(page)).toBe('Search conversations')
      await box.fill('lahore')
      await conversation(page, 'Groceries').waitFor({ state: 'detached' })
      expect(await conversations(page).getByRole('link').allTextContents()).toEqual(['A trip to Lahore'])
      await box.fill('almonds')
      await conversation(page, 'A trip to Lahore').waitFor({ state: 'detached' })
      expect(await conversations(page).getByRole('link').count()).toBe(1)
      await box.fill('nowhere at all')
      await page.getByText('Nothing found').waitFor()
      await box.press('Escape')
      await conversation(page, 'Groceries').waitFor()
    }))
})

describe('a conversation', () => {
  test('is renamed in its place', () =>
    visit(async ({ page, client }) => {
      await page.goto('/')
      await chooseAction(page, 'Groceries', 'Rename')
      await expect.poll(() => focused(page)).toBe('Title of Groceries')
      await page.keyboard.type('Dropped')
      await page.keyboard.press('Escape')
      await conversation(page, 'Groceries').waitFor()

      await chooseAction(page, 'Groceries', 'Rename')
      await expect.poll(() => focused(page)).toBe('Title of Groceries')
      await page.keyboard.type('Food for the week')
      await page.keyboard.press('Enter')
      await conversation(page, 'Food for the week').waitFor()
      const { body } = await client.call('GET', '/conversations?q=Food')
      expect(body).toMatchObject([{ title: 'Food for the week' }])
    }))

  test('that cannot be renamed says why and keeps what was typed', () =>
    visit(
      async ({ page }) => {
        await page.goto('/')
        await chooseAction(page, 'Groceries', 'Rename')
        await page.getByLabel('Title of Groceries').fill('x'.repeat(201))
        await page.keyboard.press('Enter')
        await page.getByText('Something in this is not right.').waitFor()
        expect(await page.getByLabel('Title of Groceries').inputValue()).toHaveLength(201)
      },
      { expected: [400] },
    ))

  test('is put away and taken back', () =>
    visit(async ({ page }) => {
      await page.goto('/')
      await chooseAction(page, 'Groceries', 'Archive')
      await conversation(page, 'Groceries').waitFor({ state: 'detached' })
      await expect.poll(() => focused(page)).toBe('A trip to Lahore')
      await page.getByRole('button', { name: 'Archived' }).click()
      await conversation(page, 'Reading list').waitFor({ state: 'detached' })
      await chooseAction(page, 'Groceries', 'Unarchive')
      await page.getByText('Nothing archived').waitFor()
      await page.getByRole('button', { name: 'Back to conversations' }).click()
      await conversation(page, 'Groceries').waitFor()
    }))

  test('is deleted only when that is confirmed', () =>
    visit(async ({ page, client }) => {
      await page.goto('/')
      await conversation(page, 'Groceries').click()
      await page.getByRole('heading', { name: 'Groceries', level: 1 }).waitFor()
      await chooseAction(page, 'Groceries', 'Delete')
      const dialog = page.getByRole('dialog', { name: 'Delete this conversation?' })
      await dialog.waitFor()
      expect(await focused(page)).toBe('Cancel')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await focused(page)).toBe('Actions for Groceries')
      expect((await client.call('GET', '/conversations')).body).toHaveLength(3)

      await chooseAction(page, 'Groceries', 'Delete')
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await page.waitForURL(url => url.pathname === '/')
      await conversation(page, 'Groceries').waitFor({ state: 'detached' })
      expect((await client.call('GET', '/conversations')).body).toHaveLength(2)
    }))

  test('is reached and changed with the keyboard alone', () =>
    visit(async ({ page }) => {
      await page.goto('/')
      await conversation(page, 'Reading list').focus()
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('Actions for Reading list')
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: 'Rename' }).waitFor()
      await page.keyboard.press('Enter')
      await page.getByLabel('Title of Reading list').fill('Books')
      await page.keyboard.press('Enter')
      await conversation(page, 'Books').waitFor()
      await expect.poll(() => focused(page)).toBe('Books')
    }))
})

describe('on a phone', () => {
  test('the conversations are in a drawer that closes when one is chosen', () =>
    visit(
      async ({ page }) => {
        await page.goto('/')
        await page.getByRole('button', { name: 'Conversations' }).click()
        await conversation(page, 'Groceries').click()
        await page.getByRole('heading', { name: 'Groceries', level: 1 }).waitFor()
        await page.getByRole('dialog').waitFor({ state: 'detached' })
        await page.getByRole('button', { name: 'Conversations' }).click()
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
        expect(await focused(page)).toBe('Conversations')
      },
      { size: 'phone' },
    ))

  test('everything can be done in the drawer, too', () =>
    visit(
      async ({ page }) => {
        await page.goto('/')
        await page.getByRole('button', { name: 'Conversations' }).click()
        await chooseAction(page, 'Groceries', 'Rename')
        await expect.poll(() => focused(page)).toBe('Title of Groceries')
        await page.keyboard.type('Food')
        await page.keyboard.press('Enter')
        await conversation(page, 'Food').waitFor()
        await chooseAction(page, 'Food', 'Delete')
        await page.getByRole('button', { name: 'Delete', exact: true }).click()
        await conversation(page, 'Food').waitFor({ state: 'detached' })
        await expect.poll(() => focused(page)).toBe('Reading list')
      },
      { size: 'phone' },
    ))

  test('nothing is wider than the screen', () =>
    visit(
      async ({ page }) => {
        await page.goto('/')
        await page.getByRole('button', { name: 'Conversations' }).waitFor()
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      },
      { size: 'phone' },
    ))
})
