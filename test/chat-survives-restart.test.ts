import { expect, test } from 'vitest'
import { clientOf, startServer } from './support/server.ts'

test('a turn is answered and its task is there', async () => {
  await using server = await startServer()
  const ann = await clientOf(server)
  const added = await ann.say('Add a task to buy groceries')
  expect(added.status).toBe(200)
  expect(added.body.tool_calls).toMatchObject([{ name: 'add_task', status: 'completed' }])
  const tasks = await ann.call('GET', '/tasks')
  expect(tasks.body).toMatchObject([{ id: 1, title: 'Buy groceries', completed: false }])
})
