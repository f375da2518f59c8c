import { afterAll, beforeEach, expect, test } from 'vitest'
import { failure, held, stream, textStream, toolCall } from '../support/replay-answers.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { modelAt } from '../support/replayed-server.ts'
import { focused } from './support/places.ts'
import { openStage, type Visit } from './support/stage.ts'
import { button, log, messageBox, queued, said, say, settled } from './support/thread.ts'

const replay = await startReplayServer()
afterAll(() => replay[Symbol.asyncDispose]())
beforeEach(() => replay.otherwise(failure(400)))

const stage = openStage(modelAt(replay))

/** One is being answered, Two waits. */
async function writeAhead({ page }: Visit) {
  const waiting = held(textStream('First', ' answer'), { after: 1 })
  replay.enqueue([waiting])
  await page.goto('/')
  await say(page, 'One')
  await say(page, 'Two')
  await button(page, 'Edit queued message').click()
  return { release: waiting.release, edit: page.getByRole('textbox', { name: 'Queued message' }) }
}

test.each(['Escape', 'Enter'])('an edit of a message that waits gives the focus back: %s', key =>
  stage.visitAs(async visit => {
    const { release, edit } = await writeAhead(visit)
    await edit.fill('Three')
    await edit.press(key)
    await queued(visit.page)
      .getByText(key === 'Enter' ? 'Three' : 'Two')
      .waitFor()
    expect(await focused(visit.page)).toBe('Edit queued message')
    replay.enqueue([textStream('Second answer')])
    release()
    await log(visit.page).getByText('Second answer').waitFor()
  }),
)

test('what was being edited when its turn came is kept as the next message', () =>
  stage.visitAs(async visit => {
    const { page } = visit
    const { release, edit } = await writeAhead(visit)
    await edit.fill('Two and a half')
    replay.enqueue([textStream('Second answer')])
    release()
    await log(page).getByText('Second answer').waitFor()
    await settled(page)
    await expect.poll(() => messageBox(page).inputValue()).toBe('Two and a half')
    expect(await focused(page)).toBe('Message')
    expect(await said(page)).toEqual(['One', 'First answer', 'Two', 'Second answer'])
  }))

test('what goes wrong elsewhere does not offer to send what is being written', () =>
  stage.visitAs(
    async ({ page, client }) => {
      await client.call('POST', '/tasks', { title: 'Old thing' })
      replay.enqueue([stream(toolCall('delete_task', { task_id: 1 }))])
      await page.goto('/')
      await say(page, 'Get rid of it')
      await page.getByRole('region', { name: 'Delete a task: “Old thing”?' }).waitFor()
      await settled(page)
      await messageBox(page).fill('Not yet written')
      await page.route('**/approval', route =>
        route.fulfill({ status: 503, json: { code: 'database_unavailable', status: 503 } }),
      )
      await button(page, 'Approve').click()
      await page.getByText('The server cannot reach its data.').waitFor()
      expect(await button(page, 'Try again').count()).toBe(0)
      await page.unroute('**/approval')
      replay.enqueue([textStream('It is gone.')])
      await button(page, 'Approve').click()
      await log(page).getByText('It is gone.').waitFor()
      expect(await messageBox(page).inputValue()).toBe('Not yet written')
    },
    { expected: [503] },
  ))
