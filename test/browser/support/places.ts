import type { Locator, Page } from 'playwright-core'

/** The page's parts, by the names a person or a screen reader finds them under. */

export const conversations = (page: Page): Locator => page.getByRole('navigation', { name: 'Conversations' })

export const conversation = (page: Page, title: string): Locator =>
  conversations(page).getByRole('link', { name: title, exact: true })

export async function chooseAction(page: Page, title: string, action: string): Promise<void> {
  await conversation(page, title).hover()
  await page.getByRole('button', { name: `Actions for ${title}`, exact: true }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

/** Which control has the focus, by its name. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })
