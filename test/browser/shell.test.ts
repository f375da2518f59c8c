import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findBarriers } from './support/find-barriers.ts'
import { focused } from './support/places.ts'
import { openStage } from './support/stage.ts'

const stage = openStage()

const themeOf = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
const tasks = (page: Page) => page.getByRole('region', { name: 'Tasks' })

describe('the theme', () => {
  test('is the system’s until another one is chosen, and stays chosen', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: 'Use the dark theme' }).waitFor()
      const light = await themeOf(page)
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.getByRole('button', { name: 'Use the light theme' }).click()
      await expect.poll(() => themeOf(page)).toBe(light)
      await page.reload()
      await page.getByRole('button', { name: 'Use the dark theme' }).waitFor()
      await expect.poll(() => themeOf(page)).toBe(light)
      await page.getByRole('button', { name: 'Use the dark theme' }).click()
      await expect.poll(() => themeOf(page)).not.toBe(light)
      await page.emulateMedia({ colorScheme: 'light' })
      await page.getByRole('button', { name: 'Use the dark theme' }).waitFor()
    }))

  test('that was chosen is there before anything is drawn', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: 'Use the dark theme' }).click()
      // Nothing of the page's own program comes: what is seen then is what is seen first.
      await page.route('**/assets/*.js', route => route.fulfill({ body: '', contentType: 'text/javascript' }))
      await page.reload()
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    }))
})

describe('the keyboard', () => {
  test('shows what it can do, and the list gives the focus back', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      const settings = page.getByRole('button', { name: 'Settings' })
      await settings.focus()
      await page.keyboard.press('?')
      const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
      await dialog.getByText('Begin a new line').waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await focused(page)).toBe('Settings')
    }))

  test('writes a question mark where someone writes', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      const box = page.getByRole('searchbox', { name: 'Search conversations' })
      await box.pressSequentially('why?')
      expect(await box.inputValue()).toBe('why?')
      expect(await page.getByRole('dialog').count()).toBe(0)
    }))

  test('lets single keys alone when someone wants it to', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
      await page.getByLabel(/^Single keys/).uncheck()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('?')
      await page.keyboard.press('Control+k')
      await expect.poll(() => focused(page)).toBe('Search conversations')
      expect(await page.getByRole('dialog').count()).toBe(0)
    }))

  test('skips to the conversation with the first key', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await page.getByRole('button', { name: 'Settings' }).waitFor()
      await page.evaluate(
        () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
      )
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('Skip to the conversation')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('thread')
    }))
})

describe('the tasks', () => {
  test('are beside the thread where there is room, and can be put away', () =>
    stage.visitAs(async ({ page }) => {
      await page.goto('/')
      await tasks(page).waitFor()
      await page.getByRole('button', { name: 'Hide tasks' }).click()
      await tasks(page).waitFor({ state: 'detached' })
      await page.reload()
      await page.getByRole('button', { name: 'Show tasks' }).waitFor()
      expect(await tasks(page).count()).toBe(0)
    }))

  test.each(['tablet', 'phone'] as const)('are a drawer on a %s', size =>
    stage.visitAs(
      async ({ page }) => {
        await page.goto('/')
        await page.getByRole('button', { name: 'Show tasks' }).click()
        await tasks(page).waitFor()
        await page.getByRole('button', { name: 'Close tasks' }).click()
        await tasks(page).waitFor({ state: 'detached' })
        expect(await focused(page)).toBe('Show tasks')
      },
      { size },
    ),
  )
})

test('an address that is none says so', () =>
  stage.visitAs(
    async ({ page }) => {
      const response = await page.goto('/nothing-here')
      expect(response?.status()).toBe(404)
      expect(await findBarriers(page)).toEqual([])
      await page.getByRole('link', { name: 'Go to your conversations' }).click()
      await page.getByRole('heading', { name: /What is on your mind/ }).waitFor()
    },
    { expected: [404] },
  ))
