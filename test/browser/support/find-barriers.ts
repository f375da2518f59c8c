import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { sizes } from './stage.ts'

type Size = keyof typeof sizes

/** What would keep people out of what `page` shows, in both themes and at every size; the first size stays. */
export async function findBarriers(
  page: Page,
  at: Size[] = ['desktop', 'tablet', 'phone'],
): Promise<string[]> {
  const found: string[] = []
  for (const size of at.toReversed()) {
    await page.setViewportSize(sizes[size])
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      const barriers = await barriersOf(page)
      found.push(...barriers.map(barrier => `${size}, ${colorScheme}: ${barrier}`))
    }
  }
  return found
}

async function barriersOf(page: Page): Promise<string[]> {
  // The legacy mode opens no page of its own; what it leaves out are frames of other origins, and there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(node => `${id} ${node.target.join(' ')}: ${node.failureSummary}`))
}
