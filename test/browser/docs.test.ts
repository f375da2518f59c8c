import { expect, test } from 'vitest'
import { openStage } from './support/stage.ts'

const stage = openStage()

test.each(['light', 'dark'] as const)('the API is shown, from nowhere but the server itself: %s', theme =>
  stage.visit(
    async ({ page, server }) => {
      const asked: string[] = []
      page.on('request', request => asked.push(request.url()))
      await page.goto('/docs')
      await page.getByText('Say something and get the answer').click()
      await page.locator('.opblock-body').getByText('idempotency-key').first().waitFor()
      const document = await (await fetch(`${server.url}/openapi.json`)).json()
      const operations = Object.values(document.paths).flatMap(path => Object.keys(path as object))
      expect(await page.locator('.opblock').count()).toBe(operations.length)
      expect(asked.filter(url => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([])
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(ground).toBe(theme === 'dark' ? 'rgb(28, 32, 34)' : 'rgb(255, 255, 255)')
    },
    { theme },
  ),
)
