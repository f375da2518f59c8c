import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openStage, password } from './support/stage.ts'

const stage = openStage()

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true })

async function fillIn(page: Page, given: Record<string, string>) {
  for (const [name, value] of Object.entries(given)) await field(page, name).fill(value)
}

describe('someone new', () => {
  test('signs up, stays signed in over a reload, signs out and in again', () =>
    stage.visit(async ({ page }) => {
      await page.goto('/')
      await button(page, 'Sign up').click()
      await page.waitForURL('**/sign-up')
      await fillIn(page, { Name: 'Grace', 'E-mail': 'grace@example.com', Password: password })
      await button(page, 'Sign up').click()
      await page.getByText('grace@example.com').waitFor()
      await page.reload()
      await page.getByText('grace@example.com').waitFor()
      expect(await page.title()).toBe('New conversation · Colloquy')

      await button(page, 'Sign out').click()
      await page.waitForURL('**/sign-in')
      await fillIn(page, { 'E-mail': 'grace@example.com', Password: password })
      await page.keyboard.press('Enter')
      await button(page, 'Sign out').waitFor()
    }))

  test('learns what is wrong in a sentence, and loses nothing that was typed', () =>
    stage.visit(
      async ({ page }) => {
        await page.goto('/sign-in')
        await fillIn(page, { 'E-mail': 'nobody@example.com', Password: 'not the password' })
        await button(page, 'Sign in').click()
        await page.getByText('The e-mail address or the password is not right.').waitFor()
        await button(page, 'Sign up').click()
        await field(page, 'Name').waitFor()
        expect(await page.getByRole('alert').count()).toBe(0)
        expect(await field(page, 'E-mail').inputValue()).toBe('nobody@example.com')
        expect(await field(page, 'Password').inputValue()).toBe('not the password')
      },
      { expected: [401] },
    ))
})

test('an e-mail address has one account', () =>
  stage.visitAs(
    async ({ page, context, email }) => {
      await context.clearCookies()
      await page.goto('/sign-up')
      await fillIn(page, { Name: 'Ada', 'E-mail': email, Password: password })
      await button(page, 'Sign up').click()
      await page.getByText('There is an account with this e-mail address already.').waitFor()
    },
    { expected: [422] },
  ))

test('a guest is sent to sign in and then back to where they were', () =>
  stage.visitAs(async ({ page, context, client, email }) => {
    const { body } = await client.call('POST', '/conversations', { title: 'Where I was' })
    await context.clearCookies()
    await page.goto(`/c/${body.id}`)
    await fillIn(page, { 'E-mail': email, Password: password })
    await button(page, 'Sign in').click()
    await page.getByRole('heading', { name: 'Where I was' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/c/${body.id}`)
  }))

test('a session that ends while the page is open leads to sign-in and back', () =>
  stage.visitAs(
    async ({ page, context, client, email }) => {
      const { body } = await client.call('POST', '/conversations', { title: 'Where I was' })
      await page.clock.install()
      await page.goto(`/c/${body.id}`)
      await page.getByRole('heading', { name: 'Where I was' }).waitFor()
      await context.clearCookies()
      await page.clock.fastForward('14:30')
      // It may have noticed by itself already, and the box be gone.
      await page
        .getByRole('searchbox', { name: 'Search conversations' })
        .fill('anything', { timeout: 3_000 })
        .catch(() => undefined)
      await page.waitForURL(`**/sign-in?back=${encodeURIComponent(`/c/${body.id}`)}`)
      await fillIn(page, { 'E-mail': email, Password: password })
      await button(page, 'Sign in').click()
      await page.getByRole('heading', { name: 'Where I was' }).waitFor()
    },
    { expected: [401] },
  ))

test.each(['//evil.example/', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)'])(
  'the way back leads to no other place: %s',
  back =>
    stage.visitAs(async ({ page, server }) => {
      await page.goto(`/sign-in?back=${encodeURIComponent(back)}`)
      await button(page, 'Sign out').waitFor()
      expect(page.url()).toBe(`${server.url}/`)
    }),
)

test('one person sees nothing of the one before', () =>
  stage.visitAs(async ({ page, client }) => {
    await client.call('POST', '/conversations', { title: 'Of the first' })
    await page.goto('/')
    await page.getByRole('link', { name: 'Of the first' }).waitFor()
    await button(page, 'Sign out').click()
    await button(page, 'Sign up').click()
    await fillIn(page, { Name: 'Eve', 'E-mail': 'eve@example.com', Password: password })
    await button(page, 'Sign up').click()
    await page.getByText('No conversations yet').waitFor()
    expect(await page.getByText('Of the first').count()).toBe(0)
  }))
