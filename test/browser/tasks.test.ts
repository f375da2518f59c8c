import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findBarriers } from './support/find-barriers.ts'
import { openStage } from './support/stage.ts'

const stage = openStage({ OFFLINE_DELAY_MS: '0' })

const panel = (page: Page): Locator => page.getByRole('region', { name: 'Tasks' })
const task = (page: Page, title: string): Locator =>
  panel(page).getByRole('checkbox', { name: title, exact: true })
const titlesIn = async (page: Page): Promise<string[]> => {
  const boxes = await panel(page).getByRole('checkbox').all()
  return Promise.all(boxes.map(async box => (await box.getAttribute('aria-label')) ?? ''))
}

async function add(page: Page, title: string): Promise<void> {
  await page.getByRole('textbox', { name: 'New task' }).fill(title)
  await page.keyboard.press('Enter')
  await task(page, title).waitFor()
}

async function choose(page: Page, title: string, action: string): Promise<void> {
  await task(page, title).hover()
  await page.getByRole('button', { name: `Actions for ${title}`, exact: true }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

test('the tasks have no barriers', () =>
  stage.visitAs(async ({ page, client }) => {
    const full = { priority: 'high', tags: ['family'], due_date: '2020-01-01', recurrence: 'weekly' }
    await client.call('POST', '/tasks', { title: 'Call mom', description: 'about her birthday', ...full })
    await client.call('POST', '/tasks', { title: 'Buy milk', priority: 'low' })
    await client.call('PATCH', '/tasks/2/complete')
    await page.goto('/')
    await task(page, 'Call mom').waitFor()
    await panel(page).getByText('All', { exact: true }).click()
    await page.getByRole('button', { name: 'More filters' }).click()
    await task(page, 'Buy milk').waitFor()
    expect(await findBarriers(page, ['desktop'])).toEqual([])
    await choose(page, 'Call mom', 'Edit')
    expect(await findBarriers(page, ['desktop', 'phone'])).toEqual([])
  }))

describe('the tasks panel', () => {
  test('adds with Enter and says where there is nothing yet', () =>
    stage.visitAs(async ({ page, client }) => {
      await page.goto('/')
      await page.getByText('No open tasks').waitFor()
      await add(page, 'Buy milk')
      expect(await page.getByRole('textbox', { name: 'New task' }).inputValue()).toBe('')
      expect((await client.call('GET', '/tasks')).body).toMatchObject([{ id: 1, title: 'Buy milk' }])
    }))

  test('keeps what could not be added, with the reason', () =>
    stage.visitAs(
      async ({ page, context }) => {
        await page.goto('/')
        await page.getByText('No open tasks').waitFor()
        await context.route('**/tasks', route => route.abort())
        await page.getByRole('textbox', { name: 'New task' }).fill('Buy milk')
        await page.keyboard.press('Enter')
        await panel(page).getByText('The server cannot be reached.').waitFor()
        expect(await page.getByRole('textbox', { name: 'New task' }).inputValue()).toBe('Buy milk')
        await context.unroute('**/tasks')
        await page.getByRole('button', { name: 'Add task' }).click()
        await task(page, 'Buy milk').waitFor()
      },
      { expected: ['disconnected'] },
    ))

  test('completes and reopens', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Buy milk' })
      await page.goto('/')
      await task(page, 'Buy milk').click()
      await page.getByText('No open tasks').waitFor()
      expect((await client.call('GET', '/tasks/1')).body).toMatchObject({ completed: true })
      await panel(page).getByText('Done', { exact: true }).click()
      await task(page, 'Buy milk').waitFor()
      expect(await task(page, 'Buy milk').isChecked()).toBe(true)
      await task(page, 'Buy milk').click()
      await page.getByText('Nothing done yet').waitFor()
      expect((await client.call('GET', '/tasks/1')).body).toMatchObject({ completed: false })
    }))

  test('edits every field and changes nothing else', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('PUT', '/settings', { time_zone: 'Asia/Karachi' })
      await client.call('POST', '/tasks', { title: 'Call mom' })
      await page.goto('/')
      await choose(page, 'Call mom', 'Edit')
      const dialog = page.getByRole('dialog', { name: 'Edit task' })
      await dialog.getByLabel('Title').fill('Call mom tonight')
      await dialog.getByLabel('Description').fill('about her birthday')
      await dialog.getByLabel('Due').fill('2031-03-05T14:30')
      await dialog.getByLabel('Priority').selectOption('High')
      await dialog.getByLabel('Repeat').selectOption('Every week')
      await dialog.getByLabel('Tags').fill('family, #phone')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
      expect((await client.call('GET', '/tasks/1')).body).toMatchObject({
        title: 'Call mom tonight',
        description: 'about her birthday',
        due_date: '2031-03-05T09:30:00.000Z',
        priority: 'high',
        recurrence: 'weekly',
        tags: ['family', 'phone'],
      })
      await panel(page).getByText('5 Mar 2031, 2:30 PM').waitFor()
    }))

  test('says beside the field what would be refused', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Call mom' })
      await page.goto('/')
      await choose(page, 'Call mom', 'Edit')
      const dialog = page.getByRole('dialog', { name: 'Edit task' })
      await dialog.getByLabel('Repeat').selectOption('Every day')
      await dialog.getByText('What repeats needs a due date.').waitFor()
      await dialog.getByLabel('Repeat').selectOption('Never')
      await dialog.getByLabel('Title').fill('   ')
      await dialog.getByText('A task needs a title.').waitFor()
      expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    }))

  test('deletes only when that is confirmed', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Call mom' })
      await page.goto('/')
      await choose(page, 'Call mom', 'Delete')
      const dialog = page.getByRole('dialog', { name: 'Delete this task?' })
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      expect((await client.call('GET', '/tasks')).body).toHaveLength(1)
      await choose(page, 'Call mom', 'Delete')
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('No open tasks').waitFor()
      expect((await client.call('GET', '/tasks')).body).toEqual([])
    }))

  test('searches, filters and sorts', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Bread', priority: 'low', tags: ['shop'] })
      await client.call('POST', '/tasks', { title: 'Apples', priority: 'high', due_date: '2020-01-01' })
      await page.goto('/')
      await task(page, 'Bread').waitFor()
      await panel(page).getByText('Overdue · 1 Jan 2020, 12:00 AM').waitFor()
      expect(await titlesIn(page)).toEqual(['Apples', 'Bread'])
      await page.getByRole('button', { name: 'More filters' }).click()
      await page.getByLabel('Order of tasks').selectOption('Newest first')
      await page.getByLabel('Due', { exact: true }).selectOption('Overdue')
      await task(page, 'Bread').waitFor({ state: 'detached' })
      await page.getByLabel('Priority').selectOption('Low priority')
      await page.getByText('No task fits').waitFor()
      await page.getByRole('button', { name: 'Clear the filters' }).click()
      await task(page, 'Bread').waitFor()
      await page.getByRole('searchbox', { name: 'Search tasks' }).fill('appl')
      await task(page, 'Bread').waitFor({ state: 'detached' })
      await page.getByRole('searchbox', { name: 'Search tasks' }).fill('')
      await panel(page).getByRole('button', { name: '#shop' }).click()
      await task(page, 'Apples').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Only #shop' }).click()
      await task(page, 'Apples').waitFor()
      expect(await titlesIn(page)).toHaveLength(2)
    }))

  test('shows what the agent does, in every tab', () =>
    stage.visitAs(async ({ page, context, client }) => {
      const other = await context.newPage()
      await Promise.all([page.goto('/'), other.goto('/')])
      await Promise.all([page, other].map(each => each.getByText('No open tasks').waitFor()))
      await client.say('Add a task to buy groceries')
      await Promise.all([page, other].map(each => task(each, 'Buy groceries').waitFor()))
    }))

  test('is a drawer where there is no room beside the conversation', () =>
    stage.visitAs(
      async ({ page, client }) => {
        await client.call('POST', '/tasks', { title: 'Call mom' })
        await page.goto('/')
        await page.getByRole('button', { name: 'Show tasks' }).click()
        await task(page, 'Call mom').waitFor()
        await page.getByRole('button', { name: 'Close tasks' }).click()
        await panel(page).waitFor({ state: 'detached' })
      },
      { size: 'phone' },
    ))
})
