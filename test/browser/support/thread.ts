import type { Locator, Page } from 'playwright-core'

/** The thread's parts, by the names a person or a screen reader finds them under. */

export const messageBox = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })

export const log = (page: Page): Locator => page.getByRole('log', { name: 'Conversation' })

export const messages = (page: Page): Locator => log(page).getByRole('article')

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })

export const queued = (page: Page): Locator =>
  page.getByRole('list', { name: 'Queued messages' }).getByRole('listitem')

export async function say(page: Page, text: string): Promise<void> {
  await messageBox(page).fill(text)
  await messageBox(page).press('Enter')
}

/** What has been said, in order, without what stands around it. */
export const said = (page: Page): Promise<string[]> =>
  messages(page)
    .locator('p.rounded-xl, .prose')
    .allInnerTexts()
    .then(texts => texts.map(text => text.trim()).filter(Boolean))

/** Nothing is being answered. */
export const settled = (page: Page): Promise<void> => button(page, 'Stop').waitFor({ state: 'detached' })
