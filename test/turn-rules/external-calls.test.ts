import { beforeEach, describe, expect, test } from 'vitest'
import { beginCall } from '../../server/store/tool-calls.ts'
import { OtherInstance, type Step } from '../support/other-instance.ts'
import { openPostOffice } from '../support/post-office.ts'
import { held, textStream, toolCallStream } from '../support/replay-answers.ts'
import { follow, freshUser, promptOf, sayWatching, turnOf } from '../support/replayed-server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'

const post = openPostOffice()
shareReplayedServer({ agent: post.agent })
beforeEach(async () => {
  post.letters.length = 0
})

const keys = () => post.letters.map(letter => letter.context.idempotencyKey)

describe('the key that an external call shows to the outside', () => {
  test('is its id', async () => {
    world.replay.enqueue([toolCallStream('send_letter', { to: 'Bob' }), textStream('Sent.')])
    const { body } = await ann.say('Write to Bob')
    expect(body.tool_calls).toMatchObject([{ status: 'completed', result: { sent_to: 'Bob' } }])
    expect(keys()).toEqual([body.tool_calls[0].id])
  })

  test('stays that of the call that was asked about, when a message approves it', async () => {
    world.replay.enqueue([toolCallStream('send_parcel', { to: 'Bob' }), textStream('Sent.')])
    const { body: asked } = await ann.say('A parcel for Bob')
    expect(asked.response).toBe('May I run send_parcel?')
    expect(post.letters).toEqual([])
    const { body: done } = await ann.say('yes', asked.conversation_id)
    expect(done.tool_calls).toMatchObject([{ name: 'send_parcel', status: 'completed' }])
    expect(keys()).toEqual([asked.tool_calls[0].id])
  })

  test('and when a verdict approves it', async () => {
    world.replay.enqueue([toolCallStream('send_parcel', { to: 'Bob' }), textStream('Sent.')])
    const { body: asked } = await ann.say('A parcel for Bob')
    const [call] = asked.tool_calls
    await ann.call('PUT', `/tool-calls/${call.id}/approval`, { approved: true })
    expect((await (await follow(ann, asked.turn_id)).ended).tool_calls).toMatchObject([
      { status: 'completed' },
    ])
    expect(keys()).toEqual([call.id])
  })
})

describe('a call whose outcome is not known', () => {
  const resolve = (call: string, resolution: string, client = ann) =>
    client.call('PUT', `/tool-calls/${call}/resolution`, { resolution })

  /** Bob's letter was on its way when the user stopped the turn. */
  async function interrupted() {
    const held = post.holdNext()
    world.replay.enqueue([toolCallStream('send_letter', { to: 'Bob' })])
    const { turn, conversation } = await sayWatching(ann, 'Write to Bob')
    await held.reached
    const { body } = await ann.call('PUT', `/turns/${turn}/cancellation`)
    expect(body.tool_calls).toMatchObject([{ status: 'unknown' }])
    held.release()
    return { turn, conversation, call: String(body.tool_calls[0].id) }
  }

  test('is told to the model, which is asked not to repeat it', async () => {
    const { conversation } = await interrupted()
    world.replay.enqueue([textStream('I cannot tell.')])
    await ann.say('Was it sent?', conversation)
    expect(promptOf(await world.replay.request(1)).join()).toContain('not known whether this took effect')
  })

  test('can be tried again, under the key it had', async () => {
    const { turn, call } = await interrupted()
    const retried = await resolve(call, 'retry')
    expect(retried).toMatchObject({
      status: 200,
      body: { id: turn, tool_calls: [{ status: 'completed', result: { sent_to: 'Bob' } }] },
    })
    expect(keys()).toEqual([call, call])
  })

  test('can be marked as done, or skipped, without being tried', async () => {
    const first = await interrupted()
    expect((await resolve(first.call, 'mark_done')).body.tool_calls).toMatchObject([{ status: 'completed' }])
    const second = await interrupted()
    expect((await resolve(second.call, 'skip')).body.tool_calls).toMatchObject([{ status: 'dropped' }])
    expect(keys()).toEqual([first.call, second.call])
  })

  test('is settled once: of two at the same time one wins, and a settled one stays settled', async () => {
    const { call } = await interrupted()
    const answers = await Promise.all([resolve(call, 'retry'), resolve(call, 'retry')])
    expect(answers.map(answer => answer.status).sort()).toEqual([200, 409])
    expect(await resolve(call, 'skip')).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(keys()).toEqual([call, call])
  })

  test('keeps what a retry came to, though its turn ended meanwhile', async () => {
    const { db } = world.server.context
    const other = await OtherInstance.begin(db)
    const turn = await other.accept(ann, 'Write to Bob')
    const calls: Step['calls'] = [{ name: 'send_letter', arguments: { to: 'Bob' }, effect: 'external' }]
    const [call = ''] = await other.journal(turn, { calls })
    await beginCall(db, other.fenceOf(turn), call)
    const answer = held(textStream('I cannot tell.'), { after: -1 })
    world.replay.enqueue([answer])
    await other.die()
    await answer.reached
    const letter = post.holdNext()
    const retried = resolve(call, 'retry')
    await letter.reached
    answer.release()
    await (await follow(ann, turn.id)).ended
    letter.release()
    expect((await retried).body).toMatchObject({
      status: 'completed',
      tool_calls: [{ status: 'completed', result: { sent_to: 'Bob' } }],
    })
    expect(keys()).toEqual([call])
  })

  test("is nobody else's, and one that is known cannot be settled", async () => {
    const { call, turn } = await interrupted()
    const bob = await freshUser(world)
    expect(await resolve(call, 'retry', bob)).toMatchObject({ status: 404 })
    expect((await turnOf(ann, turn)).tool_calls).toMatchObject([{ status: 'unknown' }])
    world.replay.enqueue([toolCallStream('add_task', { title: 'Tea' }), textStream('Added.')])
    const { body } = await ann.say('Add tea')
    expect((await resolve(body.tool_calls[0].id, 'retry')).status).toBe(409)
  })
})
