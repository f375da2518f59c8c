import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { textStream } from './support/replay-answers.ts'
import { holdTurn } from './support/replayed-server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'

shareReplayedServer()

async function answered() {
  world.replay.enqueue([textStream('Fine.')])
  const { body } = await ann.say('How are you?')
  const path = `/turns/${body.turn_id}/feedback`
  const shown = async () => {
    const { body: messages } = await ann.call('GET', `/conversations/${body.conversation_id}/messages`)
    const { body: turn } = await ann.call('GET', `/turns/${body.turn_id}`)
    return { turn: turn.feedback, messages: messages.map((each: { feedback: unknown }) => each.feedback) }
  }
  return { path, shown }
}

test('is shown with the answer and its turn, and never with the message that asked', async () => {
  const { path, shown } = await answered()
  expect(await shown()).toEqual({ turn: null, messages: [null, null] })
  const given = await ann.call('PUT', path, { value: 'positive', comment: '  Well said.  ' })
  expect(given).toMatchObject({ status: 200, body: { value: 'positive', comment: 'Well said.' } })
  expect(await shown()).toEqual({ turn: given.body, messages: [null, given.body] })
})

test('is what was said last, until it is taken back', async () => {
  const { path, shown } = await answered()
  await ann.call('PUT', path, { value: 'positive', comment: 'Well said.' })
  const given = await ann.call('PUT', path, { value: 'negative' })
  expect(given.body).toMatchObject({ value: 'negative', comment: null })
  expect((await shown()).turn).toEqual(given.body)
  for (let i = 0; i < 2; i += 1) expect((await ann.call('DELETE', path)).status).toBe(204)
  expect((await shown()).turn).toBe(null)
})

test('cannot be given before there is an answer, nor to what is not there', async () => {
  const { turn, release, ended } = await holdTurn(world, ann)
  const early = await ann.call('PUT', `/turns/${turn}/feedback`, { value: 'positive' })
  expect(early).toMatchObject({ status: 409, body: { code: 'conflict' } })
  release()
  await ended
  expect((await ann.call('PUT', `/turns/${turn}/feedback`, { value: 'positive' })).status).toBe(200)
  for (const method of ['PUT', 'DELETE']) {
    const absent = await ann.call(method, `/turns/${randomUUID()}/feedback`, { value: 'positive' })
    expect(absent).toMatchObject({ status: 404, body: { code: 'turn_not_found' } })
  }
})

test('goes with its conversation', async () => {
  world.replay.enqueue([textStream('Fine.')])
  const { body } = await ann.say('How are you?')
  await ann.call('PUT', `/turns/${body.turn_id}/feedback`, { value: 'positive' })
  await ann.call('DELETE', `/conversations/${body.conversation_id}`)
  const left = await world.server.context.db.query('select from colloquy.feedback where user_id = $1', [
    ann.userId,
  ])
  expect(left).toEqual([])
})
