import { describe, expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { textStream } from './support/replay-answers.ts'
import { instructionsOf } from './support/replayed-server.ts'
import { ann, shareReplayedServer, world } from './support/shared-replayed-server.ts'
import { watchDatabase } from './support/statements-asked.ts'

shareReplayedServer()

const settle = (settings: Record<string, unknown>) => ann.call('PUT', '/settings', settings)
const settled = async () => (await ann.call('GET', '/settings')).body

describe('the settings of a user', () => {
  test('are nothing at first, keep what a change leaves out, and are cleared by null', async () => {
    expect(await settled()).toEqual({ time_zone: null, locale: null })
    expect(await settle({ time_zone: 'asia/karachi' })).toMatchObject({
      status: 200,
      body: { time_zone: 'Asia/Karachi', locale: null },
    })
    await settle({ locale: 'UR-pk' })
    expect(await settled()).toEqual({ time_zone: 'Asia/Karachi', locale: 'ur-PK' })
    await settle({ time_zone: null })
    expect(await settled()).toEqual({ time_zone: null, locale: 'ur-PK' })
  })

  test.each([
    [{ time_zone: 'Mars/Olympus' }],
    [{ time_zone: 5 }],
    [{ locale: 'not a tag' }],
    [{ locale: `en-${'x'.repeat(40)}` }],
    [{ locale: 'en\u0000' }],
  ])('are not changed by %j', async given => {
    expect(await settle({ time_zone: 'Asia/Tokyo' })).toMatchObject({ status: 200 })
    expect(await settle(given)).toMatchObject({ status: 400, body: { code: 'invalid' } })
    expect(await settled()).toEqual({ time_zone: 'Asia/Tokyo', locale: null })
  })
})

describe('a turn happens', () => {
  /** The context that was fixed when the message was accepted. */
  async function contextOf(headers: Record<string, string>) {
    world.replay.enqueue([textStream('Fine.')])
    const { body } = await ann.call('POST', '/chat', { message: 'Hi' }, headers)
    const [row] = await world.server.context.db.query<{ context: { time_zone: string; locale: string } }>(
      'select context from colloquy.turns where id = $1',
      [body.turn_id],
    )
    return { zone: row?.context.time_zone, locale: row?.context.locale }
  }

  test.each<[string, Record<string, unknown>, Record<string, string>, object]>([
    ['in UTC and English, with nothing said', {}, { 'accept-language': '' }, { zone: 'UTC', locale: 'en' }],
    [
      'where the user has settled to be',
      { time_zone: 'Asia/Karachi', locale: 'ur' },
      {},
      { zone: 'Asia/Karachi', locale: 'ur' },
    ],
    [
      'where the request says, but in the language that was chosen rather than the browser’s',
      { time_zone: 'Asia/Karachi', locale: 'ur' },
      { 'x-time-zone': 'America/Caracas', 'accept-language': 'en-US,en' },
      { zone: 'America/Caracas', locale: 'ur' },
    ],
    [
      'in the language of the browser, with none chosen',
      {},
      { 'accept-language': 'en-US,en' },
      { zone: 'UTC', locale: 'en-US' },
    ],
  ])('%s', async (_, settings, headers, expected) => {
    await settle(settings)
    expect(await contextOf(headers)).toEqual(expected)
  })

  test('and the model is told so', async () => {
    await settle({ time_zone: 'Asia/Tokyo' })
    await contextOf({})
    expect(instructionsOf(await world.replay.request(0))).toContain('time zone is Asia/Tokyo;')
  })

  test('without another question to the database', async () => {
    const app = createApp(world.server.context)
    const database = watchDatabase(world.server.context.db)
    const usesOfTurn = async (headers: Record<string, string>) => {
      world.replay.enqueue([textStream('Fine.')])
      const { uses, result } = await database.during(() =>
        app.request(`/api/${ann.userId}/chat`, {
          method: 'POST',
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ message: 'Hi' }),
        }),
      )
      expect(result.status).toBe(200)
      return uses
    }
    const said = await usesOfTurn({ 'x-time-zone': 'Asia/Tokyo' })
    await settle({ time_zone: 'Asia/Tokyo' })
    expect(await usesOfTurn({})).toEqual(said)
    expect(said).toEqual(['shared', 'shared']) // accepted and finished
  })
})

describe('the tasks of today', () => {
  /** The other half of the world is a day ahead of this one for all but an instant of the day. */
  test('are those of the zone that was settled, unless the request names another', async () => {
    const now = Date.now()
    const inZone = (zone: string) => new Date(now).toLocaleDateString('en-CA', { timeZone: zone })
    const [ahead, behind] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago']
    expect(inZone(ahead)).not.toBe(inZone(behind))
    await ann.call('POST', '/tasks', { title: 'Now', due_date: new Date(now).toISOString() })
    const dayBefore = new Date(now - 24 * 3_600_000).toISOString()
    await ann.call('POST', '/tasks', { title: 'Before', due_date: dayBefore })
    const today = async (query = '') =>
      (await ann.call('GET', `/tasks?due=today${query}`)).body.map((task: { title: string }) => task.title)
    for (const zone of [ahead, behind]) {
      await settle({ time_zone: zone })
      expect(await today()).toEqual(await today(`&time_zone=${zone}`))
      expect(await today()).toEqual(['Now'])
    }
  })

  test('that recur keep to the clocks of the zone that was settled', async () => {
    await settle({ time_zone: 'Europe/Berlin' })
    // The clocks of Berlin go forward on 28 March 2027.
    const fields = { title: 'Tea', due_date: '2027-03-27T08:00:00Z', recurrence: 'daily' }
    const { body } = await ann.call('POST', '/tasks', fields)
    await ann.call('PATCH', `/tasks/${body.id}/complete`, { completed: true })
    expect((await ann.call('GET', `/tasks/${body.id + 1}`)).body.due_date).toBe('2027-03-28T07:00:00.000Z')
  })
})
