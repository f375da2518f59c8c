import { beforeEach, describe, expect, test } from 'vitest'
import { flushDeltas } from '../../server/store/turn-deltas.ts'
import { finishTurn, type OwnedTurn } from '../../server/store/turns.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { reasoning, stream, text, textStream, toolCall } from '../support/replay-answers.ts'
import { follow, holdTurn, messagesOf, patiently, sayWatching } from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

shareReplayedServer()

const db = () => world.server.context.db

describe('a turn that runs here', () => {
  test('is shown alike to who sees all of it, who comes in the middle, and who comes after its end', async () => {
    const answer = stream(
      reasoning('I ', 'think'),
      text('Let me ', 'see.'),
      toolCall('add_task', { title: 'Tea' }),
    )
    const first = await holdTurn(world, ann, { answer, after: 3 })
    await first.until(view => view.text === 'Let me ')
    const middle = await follow(ann, first.turn)
    expect(middle.view.parts).toMatchObject([
      { type: 'reasoning', text: 'I think' },
      { type: 'text', text: 'Let me ' },
    ])
    world.replay.enqueue([textStream('Tea ', 'is added.')])
    first.release()
    const outcome = await first.ended
    expect(await middle.ended).toEqual(outcome)
    const late = await follow(ann, first.turn)
    expect(await late.ended).toEqual(outcome)
    expect(late.events.map(event => event.type)).toEqual(['turn.snapshot', 'turn.completed'])
    expect(first.view.parts).toEqual(late.view.parts)
    expect(middle.view.parts).toEqual(late.view.parts)
    expect(late.view.text).toBe('Let me see.\n\nTea is added.')
    expect((await messagesOf(ann, first.conversation)).at(-1)?.content).toBe(late.view.text)
  })

  test('goes on when everybody who followed it has gone', async () => {
    const first = await holdTurn(world, ann)
    const leaving = await follow(ann, first.turn)
    await leaving.close()
    await first.close()
    first.release()
    expect((await (await follow(ann, first.turn)).ended).response).toBe('First answer')
  })

  test('goes on when the JSON caller that waited for it hangs up', async () => {
    const first = await holdTurn(world, ann)
    const gone = new AbortController()
    const url = `${world.server.url}/api/${ann.userId}/chat`
    const hangingUp = fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Second', conversation_id: first.conversation }),
      signal: gone.signal,
    })
    await expect
      .poll(async () => (await ann.call('GET', `/conversations/${first.conversation}/turns`)).body, patiently)
      .toHaveLength(2)
    gone.abort()
    await expect(hangingUp).rejects.toThrow()
    world.replay.enqueue([textStream('2nd answer')])
    first.release()
    await expect
      .poll(
        async () => (await messagesOf(ann, first.conversation)).map(message => message.content),
        patiently,
      )
      .toEqual(['First', 'First answer', 'Second', '2nd answer'])
  })

  test('ends as cancelled for all who follow it when its conversation is deleted', async () => {
    const first = await holdTurn(world, ann)
    const second = await sayWatching(ann, 'Second', first.conversation)
    const asJson = ann.say('Third', first.conversation)
    await expect
      .poll(async () => (await ann.call('GET', `/conversations/${first.conversation}/turns`)).body, patiently)
      .toHaveLength(3)
    expect((await ann.call('DELETE', `/conversations/${first.conversation}`)).status).toBe(204)
    expect(await first.ended).toMatchObject({ status: 'cancelled', message_id: null })
    expect(await second.ended).toMatchObject({ status: 'cancelled', message_id: null })
    expect((await asJson).body).toMatchObject({ status: 'cancelled', message_id: null })
    expect(await (await world.replay.request(0)).closed).toBe('early')
    expect((await ann.call('GET', `/turns/${first.turn}`)).status).toBe(404)
    first.release()
  })
})

describe('a message that waits', () => {
  test('is followed from its queue through its beginning to its end', async () => {
    const first = await holdTurn(world, ann)
    const second = await sayWatching(ann, 'Second', first.conversation)
    world.replay.enqueue([textStream('2nd ', 'answer')])
    first.release()
    await second.ended
    const types = second.events.map(event => event.type)
    expect(second.events[0]).toMatchObject({ type: 'turn.snapshot', status: 'queued', parts: [] })
    expect(types.indexOf('turn.started')).toBe(1)
    expect(types.at(-1)).toBe('turn.completed')
    expect(second.view.text).toBe('2nd answer')
  })
})

describe('a turn that another process works on', () => {
  let other: OtherInstance
  beforeEach(async () => {
    other = await OtherInstance.begin(db())
  })

  const delta = (turn: OwnedTurn, seq: number, part: number, said: string) =>
    flushDeltas(db(), [
      {
        user_id: ann.userId,
        turn_id: turn.id,
        epoch: turn.epoch,
        seq,
        step: part === 0 ? 1 : 2,
        part,
        kind: 'text',
        delta: said,
      },
    ])

  const finish = (turn: OwnedTurn, content: string) =>
    finishTurn(db(), other.fenceOf(turn), {
      conversationId: turn.conversation_id,
      status: 'completed',
      messageId: turn.id,
      content,
      parts: undefined,
      usage: { input_tokens: 1, output_tokens: 1 },
      model: 'offline',
      error: undefined,
      nextOwner: other.id,
      historyMessages: 40,
    })

  test('is shown as it grows, to each follower from where that one came in', async () => {
    const turn = await other.accept(ann, 'Tell me')
    const early = await follow(ann, turn.id)
    await delta(turn, 1, 0, 'Once ')
    await early.until(view => view.text === 'Once ')
    const late = await follow(ann, turn.id)
    expect(late.view.text).toBe('Once ')
    await delta(turn, 2, 0, 'upon a ')
    await delta(turn, 3, 0, 'time.')
    for (const watcher of [early, late]) await watcher.until(view => view.text === 'Once upon a time.')
    await finish(turn, 'Once upon a time.')
    for (const watcher of [early, late]) {
      expect(await watcher.ended).toMatchObject({ status: 'completed', response: 'Once upon a time.' })
    }
  })

  test('is not shown a text twice that is flushed only after it was written down', async () => {
    const turn = await other.accept(ann, 'Add tea')
    const watcher = await follow(ann, turn.id)
    const addTea = { name: 'add_task', arguments: { title: 'Tea' }, effect: 'transaction' as const }
    await other.journal(turn, { text: 'Adding it.', calls: [addTea] })
    await watcher.until(view => view.text === 'Adding it.')
    await delta(turn, 1, 0, 'Adding it.')
    await delta(turn, 2, 2, 'Added.')
    await watcher.until(view => view.parts.length === 3)
    expect(watcher.view.text).toBe('Adding it.\n\nAdded.')
    await finish(turn, 'Added.')
    await watcher.ended
  })

  test('says nothing more for an owner that has lost it', async () => {
    const turn = await other.accept(ann, 'Tell me')
    const watcher = await follow(ann, turn.id)
    await delta(turn, 1, 0, 'Once ')
    await watcher.until(view => view.text === 'Once ')
    const next = await OtherInstance.begin(db())
    const [taken] = await next.takeOver(ann.userId, other.id)
    if (!taken) throw new Error('Nothing was taken over')
    await watcher.until(view => view.text === '')
    await delta(turn, 2, 0, 'upon a lie')
    await delta(taken, 1, 0, 'In the beginning')
    await watcher.until(view => view.text !== '')
    expect(watcher.view.text).toBe('In the beginning')
    await next.die()
    world.replay.enqueue([textStream('The end')])
    expect((await watcher.ended).response).toBe('The end')
    expect(watcher.view.text).toBe('The end')
  })

  test('ends as cancelled here when its conversation is deleted', async () => {
    const turn = await other.accept(ann, 'Tell me')
    const watcher = await follow(ann, turn.id)
    await ann.call('DELETE', `/conversations/${turn.conversation_id}`)
    expect(await watcher.ended).toMatchObject({ status: 'cancelled', message_id: null })
    expect((await finish(turn, 'Too late')).finished).toBe(false)
  })
})
