import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Answer,
  failure,
  held,
  reasoning,
  stream,
  text,
  textStream,
  toolCall,
} from '../support/replay-answers.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { modelAt } from '../support/replayed-server.ts'
import { focused } from './support/places.ts'
import { openStage } from './support/stage.ts'
import { button, log, messageBox, messages, queued, said, say, settled } from './support/thread.ts'

const replay = await startReplayServer()
afterAll(() => replay[Symbol.asyncDispose]())
beforeEach(() => replay.otherwise(failure(400)))

const stage = openStage(modelAt(replay))

/** An answer that has begun and does not go on before `release`. */
function begun(answer: Answer, after = 1) {
  const waiting = held(answer, { after })
  replay.enqueue([waiting])
  return waiting
}

describe('an answer that is being made', () => {
  test('can be stopped, keeps what was said, and can be asked for again', () =>
    stage.visitAs(async ({ page }) => {
      const waiting = begun(textStream('It begins well', ' and never ends'))
      await page.goto('/')
      await say(page, 'Tell me a story')
      await log(page).getByText('It begins well').waitFor()
      await button(page, 'Stop').click()
      await page.getByText('You stopped this answer.').waitFor()
      await settled(page)
      waiting.release()
      expect(await said(page)).toEqual(['Tell me a story', 'It begins well'])
      replay.enqueue([textStream('Once upon a time')])
      await button(page, 'Regenerate').click()
      await log(page).getByText('Once upon a time').waitFor()
      await settled(page)
      await page.getByText('2 of 2').waitFor()
    }))

  test('says what the model was given for it, and still does after a reload', () =>
    stage.visitAs(async ({ page }) => {
      replay.enqueue([textStream('Hi'), textStream('Yes')])
      await page.goto('/')
      await say(page, 'Hello')
      await log(page).getByText('Hi', { exact: true }).waitFor()
      await settled(page)
      await say(page, 'Still there?')
      const given = messages(page).nth(3).getByText('The model was given 3 messages of this conversation')
      await given.waitFor()
      await page.reload()
      await given.waitFor()
    }))

  test('is there again after a reload, and goes on live', () =>
    stage.visitAs(async ({ page }) => {
      const waiting = begun(textStream('The first half', ' and the second'))
      await page.goto('/')
      await say(page, 'Tell me')
      await page.waitForURL(/\/c\//)
      await log(page).getByText('The first half').waitFor()
      await page.reload()
      await log(page).getByText('The first half').waitFor()
      await button(page, 'Stop').waitFor()
      waiting.release()
      await log(page).getByText('The first half and the second').waitFor()
      await settled(page)
      expect(await said(page)).toEqual(['Tell me', 'The first half and the second'])
    }))

  test('is seen live in another tab, which did not ask for it', () =>
    stage.visitAs(async ({ page, context, client }) => {
      replay.enqueue([textStream('Hi')])
      const { body } = await client.say('Hello')
      await page.goto(`/c/${body.conversation_id}`)
      await messages(page).nth(1).waitFor()
      const other = await context.newPage()
      await other.goto(`/c/${body.conversation_id}`)
      await messages(other).nth(1).waitFor()
      const waiting = begun(textStream('Seen', ' by both'))
      await say(page, 'And now?')
      await log(other).getByText('And now?').waitFor()
      await log(other).getByText('Seen').waitFor()
      waiting.release()
      for (const tab of [page, other]) {
        await log(tab).getByText('Seen by both').waitFor()
        await settled(tab)
        expect(await said(tab)).toEqual(['Hello', 'Hi', 'And now?', 'Seen by both'])
      }
    }))

  test('lets the next messages wait, where they can be changed and taken back', () =>
    stage.visitAs(async ({ page }) => {
      const waiting = begun(textStream('First', ' answer'))
      await page.goto('/')
      await say(page, 'One')
      await say(page, 'Two')
      await say(page, 'Three')
      await expect
        .poll(() => queued(page).allInnerTexts())
        .toEqual([expect.stringContaining('Two'), expect.stringContaining('Three')])
      await expect.poll(() => button(page, 'Remove queued message').count()).toBe(2)
      await queued(page).first().getByRole('button', { name: 'Remove queued message' }).click()
      await expect.poll(() => queued(page).count()).toBe(1)
      await button(page, 'Edit queued message').click()
      await page.getByRole('textbox', { name: 'Queued message' }).fill('Four')
      await page.keyboard.press('Enter')
      await queued(page).getByText('Four').waitFor()
      replay.enqueue([textStream('Fourth answer')])
      waiting.release()
      await log(page).getByText('Fourth answer').waitFor()
      await settled(page)
      expect(await queued(page).count()).toBe(0)
      expect(await said(page)).toEqual(['One', 'First answer', 'Four', 'Fourth answer'])
    }))
})

describe('an answer that failed', () => {
  test('says why, keeps the message, and is made when it is tried again', () =>
    stage.visitAs(async ({ page }) => {
      replay.enqueue([failure(500)])
      await page.goto('/')
      await say(page, 'Are you there?')
      await page.getByText('The assistant cannot be reached.').waitFor()
      await settled(page)
      expect(await said(page)).toContain('Are you there?')
      replay.enqueue([textStream('Yes')])
      await button(page, 'Try again').click()
      await log(page).getByText('Yes', { exact: true }).waitFor()
      await settled(page)
      expect(await page.getByRole('alert').count()).toBe(0)
      await page.getByText('2 of 2').waitFor()
    }))
})

describe('versions', () => {
  test('are made by editing and by answering again, and can be gone through', () =>
    stage.visitAs(async ({ page }) => {
      replay.enqueue([textStream('About dogs'), textStream('About cats'), textStream('More about cats')])
      await page.goto('/')
      await say(page, 'Dogs')
      await log(page).getByText('About dogs').waitFor()
      await settled(page)
      await messages(page).first().hover()
      await button(page, 'Edit message').click()
      expect(await focused(page)).toBe('Edited message')
      await page.getByRole('textbox', { name: 'Edited message' }).fill('Cats')
      await page.keyboard.press('Enter')
      await log(page).getByText('About cats').waitFor()
      await settled(page)
      await page.getByText('2 of 2').waitFor()
      await button(page, 'Regenerate').click()
      await log(page).getByText('More about cats').waitFor()
      await page.getByText('3 of 3').waitFor()
      expect(await said(page)).toEqual(['Cats', 'More about cats'])
      await button(page, 'Previous version').click()
      await page.getByText('2 of 3').waitFor()
      expect(await said(page)).toEqual(['Cats', 'About cats'])
      await button(page, 'Previous version').click()
      await page.getByText('1 of 3').waitFor()
      expect(await said(page)).toEqual(['Dogs', 'About dogs'])
      await page.reload()
      await page.getByText('1 of 3').waitFor()
      await button(page, 'Next version').click()
      await page.getByText('2 of 3').waitFor()
    }))

  test('an edit that is left leaves everything as it was', () =>
    stage.visitAs(async ({ page }) => {
      replay.enqueue([textStream('About dogs')])
      await page.goto('/')
      await say(page, 'Dogs')
      await log(page).getByText('About dogs').waitFor()
      await settled(page)
      await messages(page).first().hover()
      await button(page, 'Edit message').click()
      await page.getByRole('textbox', { name: 'Edited message' }).fill('Cats')
      await page.keyboard.press('Escape')
      await expect.poll(() => focused(page)).toBe('Edit message')
      expect(await said(page)).toEqual(['Dogs', 'About dogs'])
    }))
})

describe('what an answer does', () => {
  test('asks first where it deletes: approved, it goes on in the same answer', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Old thing' })
      replay.enqueue([stream(text('Let me delete it.'), toolCall('delete_task', { task_id: 1 }))])
      await page.goto('/')
      await say(page, 'Get rid of the old thing')
      const card = page.getByRole('region', { name: /Delete a task/ })
      await card.getByText('task id').waitFor()
      await settled(page)
      expect((await client.call('GET', '/tasks')).body).toHaveLength(1)
      await page.reload()
      replay.enqueue([textStream('It is gone.')])
      await button(page, 'Approve').click()
      await log(page).getByText('It is gone.').waitFor()
      await settled(page)
      await log(page).getByText('Deleted a task').waitFor()
      expect(await messages(page).count()).toBe(2)
      expect((await client.call('GET', '/tasks')).body).toEqual([])
    }))

  test('is left undone when it is denied', () =>
    stage.visitAs(async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Old thing' })
      replay.enqueue([stream(toolCall('delete_task', { task_id: 1 })), textStream('As you wish.')])
      await page.goto('/')
      await say(page, 'Get rid of the old thing')
      await button(page, 'Deny').click()
      await log(page).getByText('As you wish.').waitFor()
      await log(page).getByText('Denied').waitFor()
      expect((await client.call('GET', '/tasks')).body).toHaveLength(1)
    }))

  test('and fails is said, and opens to what was wrong', () =>
    stage.visitAs(async ({ page }) => {
      replay.enqueue([stream(toolCall('complete_task', { task_id: 99 })), textStream('There is none.')])
      await page.goto('/')
      await say(page, 'Complete task 99')
      await log(page).getByText('There is none.').waitFor()
      await log(page).getByText('Failed', { exact: true }).click()
      await log(page).getByText('Task 99 was not found').waitFor()
    }))

  test('with an outcome that nobody knows is for the person to settle', () =>
    stage.visitAs(async ({ page, client, server }) => {
      replay.enqueue([stream(toolCall('list_tasks', {})), textStream('I have sent it.')])
      const { body } = await client.say('Send the mail')
      await server.context.db.query(
        `update colloquy.tool_calls set name = 'send_mail', status = 'unknown', effect = 'external', result = null
          where user_id = $1`,
        [client.userId],
      )
      await page.goto(`/c/${body.conversation_id}`)
      await log(page).getByText('Send mail').waitFor()
      await log(page).getByText('Outcome unknown').waitFor()
      for (const choice of ['Try again', 'Mark as done', 'Skip']) await button(page, choice).waitFor()
      await button(page, 'Mark as done').click()
      await log(page).getByText('Outcome unknown').waitFor({ state: 'detached' })
      const { body: turn } = await client.call('GET', `/turns/${body.turn_id}`)
      expect(turn.tool_calls).toMatchObject([{ name: 'send_mail', status: 'completed' }])
    }))
})

test('an answer can be copied and judged, and its reasoning read by who wants to', () =>
  stage.visitAs(async ({ page, context, client }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    replay.enqueue([stream(reasoning('A greeting asks for one.'), text('Good morning'))])
    await page.goto('/')
    await say(page, 'Good morning')
    await log(page).locator('.prose').getByText('Good morning').waitFor()
    await settled(page)
    await button(page, 'Copy answer').click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('Good morning')
    await button(page, 'Good answer').click()
    const conversationId = new URL(page.url()).pathname.split('/')[2]
    await expect
      .poll(
        async () => (await client.call('GET', `/conversations/${conversationId}/messages`)).body[1].feedback,
      )
      .toMatchObject({ value: 'positive' })
    await button(page, 'Good answer').click()
    await expect
      .poll(
        async () => (await client.call('GET', `/conversations/${conversationId}/messages`)).body[1].feedback,
      )
      .toBeNull()
    expect(await log(page).getByText('A greeting asks for one.').count()).toBe(0)
    await log(page).getByText('Reasoning').click()
    await log(page).getByText('A greeting asks for one.').waitFor()
    await messageBox(page).focus()
    expect(await focused(page)).toBe('Message')
  }))
