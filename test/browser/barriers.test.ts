import { expect, test } from 'vitest'
import { findBarriers } from './support/find-barriers.ts'
import { chooseAction, conversation } from './support/places.ts'
import { openStage, sizes } from './support/stage.ts'

const stage = openStage()

test('signing in and signing up have no barriers', () =>
  stage.visit(
    async ({ page }) => {
      await page.goto('/sign-in')
      await page.getByLabel('E-mail').fill('nobody@example.com')
      await page.getByLabel('Password').fill('not the password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
      expect(await findBarriers(page)).toEqual([])
      await page.getByRole('button', { name: 'Sign up' }).click()
      await page.getByLabel('Name').waitFor()
      expect(await findBarriers(page)).toEqual([])
    },
    { expected: [401] },
  ))

test('the three places have no barriers', () =>
  stage.visitAs(async ({ page, client }) => {
    await page.goto('/')
    await page.getByText('No conversations yet').waitFor()
    expect(await findBarriers(page)).toEqual([])
    for (const title of ['Groceries', 'A trip to Lahore'])
      await client.call('POST', '/conversations', { title })
    await conversation(page, 'Groceries').click()
    await page.getByRole('heading', { name: 'Groceries', level: 1 }).waitFor()
    expect(await findBarriers(page)).toEqual([])
  }))

test('menus, dialogs and drawers have no barriers', () =>
  stage.visitAs(async ({ page, client }) => {
    await client.call('POST', '/conversations', { title: 'Groceries' })
    await page.goto('/')
    await conversation(page, 'Groceries').hover()
    await page.getByRole('button', { name: 'Actions for Groceries' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
    expect(await findBarriers(page, ['desktop'])).toEqual([])
    await page.keyboard.press('Escape')
    await chooseAction(page, 'Groceries', 'Rename')
    expect(await findBarriers(page, ['desktop'])).toEqual([])
    await page.keyboard.press('Escape')
    await chooseAction(page, 'Groceries', 'Delete')
    expect(await findBarriers(page, ['desktop', 'tablet'])).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.setViewportSize(sizes.phone)
    for (const drawer of ['Show tasks', 'Conversations']) {
      await page.getByRole('button', { name: drawer }).click()
      await page.getByRole('dialog').waitFor()
      expect(await findBarriers(page, ['phone'])).toEqual([])
      await page.keyboard.press('Escape')
    }
  }))
