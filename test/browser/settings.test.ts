import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findBarriers } from './support/find-barriers.ts'
import { openStage, password } from './support/stage.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

async function open(page: Page): Promise<void> {
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
}

test('the settings have no barriers', () =>
  stage.visitAs(async ({ page }) => {
    await open(page)
    await page.getByRole('combobox', { name: 'Time zone' }).waitFor()
    expect(await findBarriers(page, ['phone'])).toEqual([])
    await page.getByRole('button', { name: 'Delete my account' }).click()
    expect(await findBarriers(page, ['desktop'])).toEqual([])
  }))

describe('settings', () => {
  test('change the name', () =>
    stage.visitAs(async ({ page }) => {
      await open(page)
      await page.getByLabel('Name').fill('Augusta Ada')
      await page.getByRole('button', { name: 'Save name' }).click()
      await page.getByText('Saved', { exact: true }).waitFor()
      await page.reload()
      await page.getByLabel('Name').waitFor()
      expect(await page.getByLabel('Name').inputValue()).toBe('Augusta Ada')
    }))

  test('change the password, when the old one is right', () =>
    stage.visitAs(
      async ({ page, email }) => {
        await open(page)
        const change = async (current: string) => {
          await page.getByLabel('Current password').fill(current)
          await page.getByLabel('New password').fill('another horse battery')
          await page.getByRole('button', { name: 'Change password' }).click()
        }
        await change('not my password')
        await page.getByText('The password is not right.').waitFor()
        await change(password)
        await page.getByText('Changed', { exact: true }).waitFor()

        await page.goto('/')
        await page.getByRole('button', { name: 'Sign out' }).click()
        await page.getByLabel('E-mail').fill(email)
        await page.getByLabel('Password').fill('another horse battery')
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByRole('button', { name: 'New conversation' }).waitFor()
      },
      // A token that was asked for while signing out is refused.
      { expected: [400, 401] },
    ))

  test('choose a theme over the system’s', () =>
    stage.visitAs(async ({ page }) => {
      await open(page)
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const light = await ground()
      await page.getByText('Dark', { exact: true }).click()
      await expect.poll(ground).not.toBe(light)
      await page.reload()
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
      expect(await ground()).not.toBe(light)
    }))

  test('choose the time zone the agent answers in', () =>
    stage.visitAs(async ({ page, client }) => {
      await open(page)
      await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Karachi')
      await expect
        .poll(async () => (await client.call('GET', '/settings')).body)
        .toMatchObject({ time_zone: 'Asia/Karachi' })
    }))

  test('give everything that is kept', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.say('Add a task to buy groceries')
      await open(page)
      const coming = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download my data' }).click()
      const file = await coming
      expect(file.suggestedFilename()).toBe('colloquy-export.json')
      const text = await readFile(await file.path(), 'utf8')
      expect(JSON.stringify(JSON.parse(text))).toContain('Buy groceries')
    }))

  test('delete the account of who types its address', () =>
    stage.visitAs(
      async ({ page, email, server }) => {
        await open(page)
        await page.getByRole('button', { name: 'Delete my account' }).click()
        const dialog = page.getByRole('dialog', { name: 'Delete your account?' })
        const confirm = dialog.getByRole('button', { name: 'Delete everything' })
        expect(await confirm.isDisabled()).toBe(true)
        await dialog.getByLabel(`To confirm, type ${email}`).fill(email.toUpperCase())
        await confirm.click()
        await page.getByRole('heading', { name: 'Sign in to Colloquy' }).waitFor()
        const left = await server.context.db.query('select from auth."user" where email = $1', [email])
        expect(left).toEqual([])
      },
      { expected: [401] },
    ))
})
