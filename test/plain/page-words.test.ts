import { describe, expect, test } from 'vitest'
import { errorCodes, statusOf } from '../../server/errors.ts'
import type { Conversation } from '../../web/api/conversations.ts'
import { asProblem, Problem, problemOf } from '../../web/api/problem.ts'
import { groupByDate } from '../../web/conversations/date-groups.ts'
import { type EventFrame, readEventFrames } from '../../web/live/event-frames.ts'
import { clockTimeOf } from '../../web/tasks/zoned-time.ts'

describe('a problem', () => {
  const unknown = asProblem(new Error('a fault of the page'))
  // What only a program can cause has no words of its own.
  const ofPrograms = ['method_not_allowed', 'unsupported_media_type', 'head_too_large']

  test.each(errorCodes.filter(code => !ofPrograms.includes(code)))(
    'has a plain sentence and a way on: %s',
    code => {
      const problem = new Problem(code, statusOf(code))
      expect(problem.message).not.toBe(unknown.message)
      expect(problem.message).toMatch(/^[A-Z].*\.$/)
      expect(problem.advice).toMatch(/^[A-Z].*\.$/)
    },
  )

  test('says which limit was passed and how long to wait', async () => {
    const answer = (status: number, body: object, headers = {}) => Response.json(body, { status, headers })
    const long = await problemOf(
      answer(400, { code: 'message_too_long', detail: 'At most 5,000 characters' }),
    )
    expect([long.advice, long.action]).toEqual(['At most 5,000 characters.', 'edit'])
    const often = await problemOf(answer(429, { code: 'rate_limited' }, { 'retry-after': '7' }))
    expect([often.advice, often.action]).toEqual(['Try again in 7 seconds.', 'wait'])
  })

  test('is made of an answer that is no problem, too', async () => {
    const problem = await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502 }))
    expect([problem.code, problem.status, problem.action]).toEqual(['unreadable', 502, 'retry'])
  })
})

describe('dates of conversations', () => {
  const namesOf = (now: string, ...times: string[]) => {
    const conversations = times.map(updated_at => ({ updated_at })) as Conversation[] // the rest is not looked at
    return groupByDate(conversations, new Date(now)).map(group => [group.name, group.conversations.length])
  }

  test('are days, then months, then months of another year', () => {
    expect(
      namesOf(
        '2026-03-12T00:30',
        '2026-03-12T00:10',
        '2026-03-11T23:50',
        '2026-03-11T00:00',
        '2026-03-10T12:00',
        '2026-03-05T00:00',
        '2026-03-04T23:59',
        '2026-02-28T12:00',
        '2025-03-04T12:00',
      ),
    ).toEqual([
      ['Today', 1],
      ['Yesterday', 2],
      ['Previous 7 days', 2],
      ['March', 1],
      ['February', 1],
      ['March 2025', 1],
    ])
  })

  test('that lie ahead, by a clock that is wrong, are of today', () => {
    expect(namesOf('2026-03-12T12:00', '2026-03-13T12:00')).toEqual([['Today', 1]])
  })
})

test.each([
  ['en-US', '2:30 PM'],
  ['ur-PK', '2:30 PM'],
  ['en-GB', '14:30'],
  ['de', '14:30'],
])('the clock has the hours that are usual where the person is: %s', (locale, words) => {
  const time = clockTimeOf(new Date('2026-03-12T09:30:00Z'), 'Asia/Karachi', locale)
  expect(time.replace(/\s/, ' ')).toBe(words)
})

describe('frames of an event stream', () => {
  const text =
    'event: first\ndata: {"a":\ndata: "é"}\n\n: still here\n\nevent: second\r\ndata: 2\r\n\r\ndata: cut'

  test.each([1, 2, 3, 7, 1000])('are whole however the bytes come: %i at a time', async size => {
    const bytes = new TextEncoder().encode(text)
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    )
    let heard = 0
    const body = new ReadableStream({
      pull: controller => {
        const piece = pieces.shift()
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
    })
    const frames: EventFrame[] = []
    for await (const frame of readEventFrames(body, () => heard++)) frames.push(frame)
    expect(frames).toEqual([
      { event: 'first', data: '{"a":\n"é"}' },
      { event: 'second', data: '2' },
    ])
    expect(heard).toBe(Math.ceil(bytes.length / size))
  })
})
