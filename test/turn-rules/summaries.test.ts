import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { claimTurns } from '../../server/store/instances.ts'
import {
  finishSummary,
  type SummaryEnd,
  type SummaryTurn,
  startSummary,
  takeUpSummary,
} from '../../server/store/summaries.ts'
import { beat } from '../../server/turns/pulse.ts'
import { OtherInstance } from '../support/other-instance.ts'
import { type Answer, failure, held, textStream } from '../support/replay-answers.ts'
import type { ReplayRequest } from '../support/replay-server.ts'
import { instructionsOf, patiently, promptOf } from '../support/replayed-server.ts'
import { clientOf } from '../support/server.ts'
import { ann, shareReplayedServer, world } from '../support/shared-replayed-server.ts'
import { storeConversation } from '../support/stored-conversation.ts'

const windowSize = 8

let conversation: string
shareReplayedServer({ environment: { HISTORY_MESSAGES: String(windowSize) } })
beforeEach(async () => {
  toNote.length = 0
  // A summary that an earlier test has left to be made takes none of this one's answers.
  world.replay.otherwise(request => {
    if (!isForNotes(request)) return textStream(`re ${promptOf(request).at(-1)?.replace('user: ', '')}`)
    return (isAnns(request) && toNote.shift()) || failure(400)
  })
  conversation = await storeConversation(db(), ann.userId, { turns: 10, callEvery: 5 })
  await db().query(
    `update colloquy.messages set content = content || ' of ' || user_id where user_id = $1 and role = 'user'`,
    [ann.userId],
  )
})

const db = () => world.server.context.db
const engine = () => world.server.context.engine
/** What the model answers to those who ask it for notes. */
const toNote: Answer[] = []
const isForNotes = (request: ReplayRequest) => instructionsOf(request).includes('You keep the notes')
const isAnns = ({ body }: ReplayRequest) => JSON.stringify(body).includes(` of ${ann.userId}`)
const chats = () => world.replay.requests.filter(each => !isForNotes(each))
const noteRequests = () => world.replay.requests.filter(each => isAnns(each) && isForNotes(each))

const context = { now: '2026-01-01T00:00:00.000Z', time_zone: 'UTC', locale: 'en' }
const usage = { input_tokens: 10, output_tokens: 5 }

const summaries = () =>
  db().query<{ number: number; covers_until: number; content: string; model: string }>(
    `select number, covers_until, content, model from colloquy.summaries
      where user_id = $1 and conversation_id = $2 order by number`,
    [ann.userId, conversation],
  )

const summaryTurns = () =>
  db().query<{ id: string; status: string; attempts: number; epoch: number; owner: string }>(
    `select id, status, attempts, epoch, owner from colloquy.turns
      where user_id = $1 and conversation_id = $2 and kind = 'summary' order by turn_no desc`,
    [ann.userId, conversation],
  )

const over = () =>
  expect
    .poll(async () => (await summaryTurns()).every(turn => turn.status !== 'running'), patiently)
    .toBe(true)

const summarised = (count: number) => expect.poll(summaries, patiently).toHaveLength(count)

/** Says something, which is answered; `notes` are for the summaries after it. */
async function say(message: string, ...notes: Answer[]) {
  toNote.push(...notes)
  const { body } = await ann.say(message, conversation)
  expect(body).toMatchObject({ status: 'completed', response: `re ${message}` })
  return body
}

const notes = (text: string) => textStream(text)
const lastChat = () => promptOf(chats().at(-1) ?? raise())
const raise = (): never => {
  throw new Error('Nothing was asked')
}

describe('what falls out of the window', () => {
  test('is summed up behind the answer, and the summary stands as data before the next window', async () => {
    const first = await say('And now?', notes('They asked <ten> questions.'))
    expect(first.context).toMatchObject({ summarised: false })
    await summarised(1)
    const [asked] = noteRequests()
    expect(instructionsOf(asked ?? raise())).toContain('You keep the notes')
    const [given = ''] = promptOf(asked ?? raise())
    expect(given).toContain('"user":"question 1 of')
    expect(given).toContain('"tool":"list_tasks"')
    expect(given).not.toContain('And now?')
    // The window began at question 8: what fell out, and nothing of the rest of it but its oldest turn.
    expect(await summaries()).toEqual([
      { number: 1, covers_until: 14, content: 'They asked <ten> questions.', model: 'compatible/test' },
    ])

    const second = await say('And then?')
    expect(second.context).toEqual({ messages: 7, tokens: 10, limit: 12_000, summarised: true })
    const [before, ...window] = lastChat()
    expect(before).toContain('<data>"They asked \\u003cten\\u003e questions."</data>')
    expect(before).toContain('question 9')
    expect(window.slice(-3)).toEqual(['user: And now?', 'assistant: re And now?', 'user: And then?'])
    await over()
  })

  test('goes on from the summary before, with what is new', async () => {
    await say('A', notes('First notes.'))
    await summarised(1)
    await say('B')
    await over()
    await say('C', notes('Second notes.'))
    await summarised(2)
    const [given = ''] = promptOf(noteRequests().at(-1) ?? raise())
    expect(given).toContain('The notes so far: <data>"First notes."</data>')
    expect(given).not.toContain('question 7 of')
    expect(given).toContain('question 8 of')
    await say('D')
    expect(lastChat()[0]).toContain('Second notes.')
    await over()
  })

  test('is not waited for: messages are answered while it is being made, and one is made at a time', async () => {
    const slow = held(notes('At last.'), { after: -1 })
    await say('A', slow)
    await slow.reached
    await say('B')
    await say('C')
    expect(await summaryTurns()).toHaveLength(1)
    const { body: turns } = await ann.call('GET', `/conversations/${conversation}/turns?after=10`)
    expect(turns.map((turn: { message: string }) => turn.message)).toEqual(['A', 'B', 'C'])
    slow.release()
    await summarised(1)
  })

  test('stays as it was when the model fails, which is not tried again at once', async () => {
    await say('A', failure(400))
    await expect.poll(async () => (await summaryTurns())[0]?.status, patiently).toBe('failed')
    await say('B')
    expect(await summaryTurns()).toHaveLength(1)
    expect(await summaries()).toEqual([])
    expect(engine().live.size).toBe(0)
  })

  test('is no turn that anyone can see or name', async () => {
    await say('A', notes('Notes.'))
    await summarised(1)
    const [turn] = await summaryTurns()
    expect((await ann.call('GET', `/turns/${turn?.id}`)).status).toBe(404)
    const head = await ann.call('PUT', `/conversations/${conversation}/head`, { turn_id: turn?.id })
    expect(head.status).toBe(404)
    expect((await ann.call('POST', `/turns/${turn?.id}/versions`, {})).status).toBe(404)
    await over()
  })
})

describe('a summary', () => {
  test('goes with an edit of what it covers, and comes back with it', async () => {
    await say('A', notes('The old path.'))
    await summarised(1)
    const { body: turns } = await ann.call('GET', `/conversations/${conversation}/turns`)
    const [, , , , , sixth] = turns
    toNote.push(notes('The new path.'))
    const edited = await ann.call('POST', `/turns/${sixth.id}/versions`, { message: 'Another question' })
    expect(edited.body.context).toMatchObject({ summarised: false })
    await over()

    await ann.call('PUT', `/conversations/${conversation}/head`, { turn_id: turns.at(-1).id })
    const back = await ann.say('B', conversation)
    expect(back.body.context).toMatchObject({ summarised: true })
    expect(lastChat()[0]).toContain('The old path.')
    expect(lastChat().at(-1)).toBe('user: B')
    await over()
  })

  test('is gone with its conversation, also one that is being made', async () => {
    const slow = held(notes('Too late.'), { after: -1 })
    await say('A', slow)
    await slow.reached
    expect((await ann.call('DELETE', `/conversations/${conversation}`)).status).toBe(204)
    slow.release()
    await expect.poll(() => engine().live.size, patiently).toBe(0)
    expect(await summaries()).toEqual([])
    expect(await summaryTurns()).toEqual([])
  })

  test('is gone with its user', async () => {
    await say('A', notes('Private notes.'))
    await summarised(1)
    await over()
    expect(await (await ann.open('GET', '/export')).text()).toContain('Private notes.')
    expect((await ann.call('DELETE', '', { confirm: ann.userId })).status).toBeLessThan(300)
    expect(await summaries()).toEqual([])
  })
})

describe('a summary whose process dies', () => {
  let other: OtherInstance
  beforeEach(async () => {
    other = await OtherInstance.begin(db())
  })

  const begin = (owner: string, least = 4) =>
    startSummary(db(), {
      ...{ userId: ann.userId, conversationId: conversation, turnId: randomUUID(), owner },
      ...{ context, until: 12, least },
    })

  const fenceOf = (turn: SummaryTurn, owner: string) => ({
    ...{ userId: ann.userId, turnId: turn.id, owner, epoch: turn.epoch },
  })

  const made = (turn: SummaryTurn, content: string): SummaryEnd & { conversationId: string } => {
    const last = turn.messages.at(-1) ?? raise()
    return {
      ...{ conversationId: conversation, status: 'completed', model: 'compatible/test', usage },
      summary: { content, covers_until: last.seq, last_turn: last.turn_id },
    }
  }

  const started = async () => (await begin(other.id)) ?? raise()

  test('before it asked the model is made here', async () => {
    const turn = await started()
    expect(turn.messages.map(message => message.seq)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    toNote.push(notes('Made here.'))
    await other.die()
    await beat(engine())
    await summarised(1)
    expect(await summaries()).toMatchObject([{ number: 1, covers_until: 12, content: 'Made here.' }])
    expect(await summaryTurns()).toMatchObject([{ status: 'completed', attempts: 1, epoch: 2 }])
    expect(await finishSummary(db(), fenceOf(turn, other.id), made(turn, 'Made there.'))).toBe(false)
    expect(await summaries()).toHaveLength(1)
  })

  test('while the model writes is made by the next, and the first may write nothing more', async () => {
    const slow = held(notes('Made here.'), { after: -1 })
    await say('A', slow)
    await slow.reached
    const [mine] = await summaryTurns()
    const claimed = await db().transaction(async tx => {
      await tx.query(
        `update colloquy.instances set lease_until = now() - interval '1 second' where id = $1`,
        [engine().instanceId],
      )
      return claimTurns(tx, other.id, { held: [], orphanSeconds: 3600, limit: 200 })
    })
    expect(claimed).toContainEqual({ user_id: ann.userId, id: mine?.id, kind: 'summary' })
    const name = { userId: ann.userId, turnId: mine?.id ?? '', owner: other.id }
    const turn = (await takeUpSummary(db(), name)) ?? raise()
    slow.release()
    await expect.poll(() => engine().live.size, patiently).toBe(0)
    expect(await summaries()).toEqual([])
    expect(await finishSummary(db(), fenceOf(turn, other.id), made(turn, 'Made there.'))).toBe(true)
    expect(await summaries()).toMatchObject([{ content: 'Made there.' }])
  })

  test('behind its last commit has been made, and is not made again', async () => {
    const turn = await started()
    expect(await finishSummary(db(), fenceOf(turn, other.id), made(turn, 'Made there.'))).toBe(true)
    await other.die()
    await beat(engine())
    expect(await finishSummary(db(), fenceOf(turn, other.id), made(turn, 'Once more.'))).toBe(false)
    expect(await summaries()).toMatchObject([{ content: 'Made there.' }])
    expect(noteRequests()).toEqual([])
  })

  test('again and again is given up', async () => {
    const turn = await started()
    await db().query(`update colloquy.turns set attempts = 2 where user_id = $1 and id = $2`, [
      ann.userId,
      turn.id,
    ])
    await other.die()
    await beat(engine())
    await expect.poll(async () => (await summaryTurns())[0]?.status, patiently).toBe('failed')
    expect(noteRequests()).toEqual([])
  })

  test('with its answer to the start lost is begun by its own instance, which does not know it', async () => {
    const turn = (await begin(engine().instanceId)) ?? raise()
    await db().query(
      `update colloquy.turns set created_at = now() - interval '1 minute' where user_id = $1 and id = $2`,
      [ann.userId, turn.id],
    )
    toNote.push(notes('Found.'))
    await beat(engine())
    await summarised(1)
    expect(await summaryTurns()).toMatchObject([{ attempts: 0, epoch: 2 }])
  })

  test('is begun once by two instances at once, not for little, and does not keep a message from running', async () => {
    const both = await Promise.all([begin(other.id), begin(randomUUID())])
    expect(both.filter(turn => turn !== null)).toHaveLength(1)
    expect(await begin(other.id)).toBeNull()
    await say('A')
    const bob = await clientOf(world.server)
    const short = await storeConversation(db(), bob.userId, { turns: 1 })
    const little = { userId: bob.userId, conversationId: short, turnId: randomUUID(), owner: other.id }
    expect(await startSummary(db(), { ...little, context, until: 2, least: 4 })).toBeNull()
  })

  test('is begun by no instance of the release before', async () => {
    const turn = await started()
    await other.die()
    const old = await OtherInstance.begin(db())
    const claimed = await db().query(`select id from colloquy.claim_turns_v1($1, '{}', 0, 200)`, [old.id])
    expect(claimed).not.toContainEqual({ id: turn.id })
    expect(await summaryTurns()).toMatchObject([{ status: 'running', epoch: 1 }])
    await finishSummary(db(), fenceOf(turn, other.id), made(turn, 'Made.'))
  })
})
