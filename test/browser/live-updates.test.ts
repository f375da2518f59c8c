import { expect, test } from 'vitest'
import { conversation } from './support/places.ts'
import { openStage } from './support/stage.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '300' })

test('what changes elsewhere is shown at once', () =>
  stage.visitAs(
    async ({ page, client }) => {
      await page.goto('/')
      await page.getByText('No conversations yet').waitFor()
      const { body } = await client.call('POST', '/conversations', { title: 'From my phone' })
      await conversation(page, 'From my phone').click()
      await client.call('PATCH', `/conversations/${body.id}`, { title: 'From my old phone' })
      await page.getByRole('heading', { name: 'From my old phone', level: 1 }).waitFor()
      await client.call('DELETE', `/conversations/${body.id}`)
      await conversation(page, 'From my old phone').waitFor({ state: 'detached' })
    },
    { expected: [404] },
  ))

test('a conversation in which something runs has a mark while it does', () =>
  stage.visitAs(async ({ page, client }) => {
    await page.goto('/')
    await page.getByText('No conversations yet').waitFor()
    const said = client.say('Hello')
    const mark = page.getByRole('img', { name: 'Answering' })
    await mark.waitFor()
    await said
    await mark.waitFor({ state: 'detached' })
  }))

test('a lost connection is said, and heals with everything that was missed', () =>
  stage.visitAs(
    async ({ page, context, client }) => {
      await page.goto('/')
      await page.getByText('No conversations yet').waitFor()
      await context.setOffline(true)
      await page.getByText('Reconnecting…').waitFor()
      await client.call('POST', '/conversations', { title: 'Meanwhile' })
      await context.setOffline(false)
      await conversation(page, 'Meanwhile').waitFor()
      await page.getByText('Reconnecting…').waitFor({ state: 'detached' })
    },
    { expected: ['disconnected'] },
  ))

test('all tabs share one connection, and another takes it over from one that closes', () =>
  stage.visitAs(async ({ page, context, client }) => {
    let opened = 0
    context.on('request', request => {
      if (request.url().endsWith('/events')) opened += 1
    })
    await page.goto('/')
    await page.getByText('No conversations yet').waitFor()
    const second = await context.newPage()
    const third = await context.newPage()
    for (const tab of [second, third]) await tab.goto('/')
    const make = async (title: string) => {
      await client.call('POST', '/conversations', { title })
      for (const tab of [second, third]) await conversation(tab, title).waitFor()
    }
    await make('Heard by all')
    expect(opened).toBe(1)
    await page.close()
    await make('Heard by those who are left')
    expect(opened).toBe(2)
  }))
