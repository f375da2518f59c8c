import { EventSchemas } from '@ag-ui/core/schemas'
import { uiMessageChunkSchema } from 'ai'
import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../server/turns/event.ts'
import { createAgUiEncoding } from '../../server/wire/ag-ui.ts'
import type { AgUiRun } from '../../server/wire/ag-ui-run.ts'
import { createChatKitEncoding } from '../../server/wire/chatkit.ts'
import { streamOptions } from '../../server/wire/chatkit-events.ts'
import { answerItemsOf, userItemsOf } from '../../server/wire/chatkit-items.ts'
import { createTurnEventEncoder } from '../../server/wire/turn-events.ts'
import { createUiMessageEncoding } from '../../server/wire/ui-message.ts'
import { answeredCall, answeredTurn, turnOfEvents, turns } from '../fixtures/turn-events.ts'
import { ChatKitView } from '../support/chatkit-view.ts'
import { TurnView } from '../support/turn-view.ts'

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

const { turnId, conversationId, createdAt } = turnOfEvents
const chatKitTurn = { turnId, threadId: `thr_${conversationId}`, createdAt }
const thread = {
  id: chatKitTurn.threadId,
  title: 'Hi',
  created_at: createdAt,
  status: { type: 'active' as const },
  metadata: {},
  items: { data: [], has_more: false },
}
const said = userItemsOf(chatKitTurn, 'Hi')
const chatKitRun = (more: { answered?: Set<string> } = {}) => ({
  ...chatKitTurn,
  thread,
  opening: [...said.map(item => ({ type: 'thread.item.done' as const, item })), streamOptions],
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
  chatkit: {
    '': () => createChatKitEncoding()(chatKitRun()),
    ' [goes on behind the answer]': () =>
      createChatKitEncoding()({ ...chatKitRun({ answered }), opening: [streamOptions] }),
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

test('what a ChatKit client shows at the end is what the history will say', async () => {
  for (const [name, events] of Object.entries(turns)) {
    const [told, shown] = [new TurnView(), new ChatKitView()]
    for (const event of events) told.show(event)
    for (const event of dataOf(await framesOf(createChatKitEncoding()(chatKitRun()), events)))
      shown.show(event)
    shown.expectWhole()
    expect([name, shown.items]).toEqual([name, [...said, ...answerItemsOf(chatKitTurn, told.parts)]])
  }
})

test('and when it goes on behind a question that it has shown', async () => {
  const events = turns[answeredTurn] ?? []
  const asked = Object.values(turns)[1] ?? []
  const [told, shown] = [new TurnView(), new ChatKitView()]
  for (const event of dataOf(await framesOf(createChatKitEncoding()(chatKitRun()), asked))) shown.show(event)
  const goingOn = createChatKitEncoding()({ ...chatKitRun({ answered }), opening: [streamOptions] })
  for (const event of dataOf(await framesOf(goingOn, events))) shown.show(event)
  for (const event of events) told.show(event)
  expect(shown.items).toEqual([...said, ...answerItemsOf(chatKitTurn, told.parts)])
})
