import { EventSchemas } from '@ag-ui/core/schemas'
import { uiMessageChunkSchema } from 'ai'
import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../server/turns/event.ts'
import { createAgUiEncoding } from '../../server/wire/ag-ui.ts'
import type { AgUiRun } from '../../server/wire/ag-ui-run.ts'
import { createTurnEventEncoder } from '../../server/wire/turn-events.ts'
import { createUiMessageEncoding } from '../../server/wire/ui-message.ts'
import { answeredCall, answeredTurn, turnOfEvents, turns } from '../fixtures/turn-events.ts'

/** What each protocol makes of the same turns, byte for byte; test/golden has it to be read. */

type Encode = (event: TurnEvent) => Uint8Array | Promise<Uint8Array>

const answered = new Set([answeredCall])
const run = (more: Partial<AgUiRun> = {}): AgUiRun => ({
  threadId: 't1',
  runId: 'r1',
  isLegacy: false,
  connects: false,
  has: new Set(),
  answered: undefined,
  loadThread: async () => [{ id: 'u1', role: 'user', content: 'Hi' }],
  ...more,
})

const protocols: Record<string, Record<string, () => Encode>> = {
  rest: { '': () => createTurnEventEncoder() },
  'ai-sdk': {
    '': () => createUiMessageEncoding()(turnOfEvents),
    ' [goes on behind the answer]': () => createUiMessageEncoding()(turnOfEvents, answered),
  },
  'ag-ui': {
    '': () => createAgUiEncoding()(turnOfEvents, run()),
    ' [goes on behind the answer]': () => createAgUiEncoding()(turnOfEvents, run({ answered })),
    ' [comes back]': () => createAgUiEncoding()(turnOfEvents, run({ connects: true })),
    ' [before 1.0]': () => createAgUiEncoding()(turnOfEvents, run({ isLegacy: true })),
  },
}

async function framesOf(encode: Encode, events: TurnEvent[]): Promise<string> {
  const frames = []
  for (const event of events) frames.push(new TextDecoder().decode(await encode(event)))
  return frames.join('')
}

const dataOf = (frames: string) =>
  frames.split('\n\n').flatMap(frame => (frame.startsWith('data: {') ? [JSON.parse(frame.slice(6))] : []))

test('the turns have every event there is', () => {
  expect(new Set(Object.values(turns).flatMap(events => events.map(event => event.type))).size).toBe(12)
})

describe.each(Object.keys(protocols))('%s', protocol => {
  const encoders = Object.entries(protocols[protocol] ?? {})

  test('says it so', async () => {
    const told = []
    for (const [how, open] of encoders) {
      for (const [name, events] of Object.entries(turns)) {
        if (how.includes('answer') && name !== answeredTurn) continue
        told.push(`# ${name}${how}\n\n${await framesOf(open(), events)}`)
      }
    }
    await expect(told.join('\n')).toMatchFileSnapshot(`../golden/${protocol}.txt`)
  })

  test('gives the bytes of a delta to many followers as to one', async () => {
    for (const [, open] of encoders) {
      for (const events of Object.values(turns)) {
        const alone = await framesOf(open(), events)
        const [one, two] = [open(), open()]
        const both = ['', '']
        for (const event of events) {
          both[0] += new TextDecoder().decode(await one(event))
          both[1] += new TextDecoder().decode(await two(event))
        }
        expect(both).toEqual([alone, alone])
      }
    }
  })
})

test('every frame is one that the AI SDK and AG-UI know', async () => {
  for (const events of Object.values(turns)) {
    for (const open of Object.values(protocols['ai-sdk'] ?? {})) {
      for (const chunk of dataOf(await framesOf(open(), events))) {
        const { validate } = uiMessageChunkSchema()
        expect(await validate?.(chunk)).toMatchObject({ success: true })
      }
    }
    for (const open of Object.values(protocols['ag-ui'] ?? {})) {
      for (const event of dataOf(await framesOf(open(), events)))
        expect(EventSchemas.parse(event)).toEqual(event)
    }
  }
})
