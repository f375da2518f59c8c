import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markData } from '../../server/agent/data-marks.ts'
import { buildPrompt } from '../../server/agent/prompt.ts'
import { repairTranscript } from '../../server/agent/transcript.ts'
import type { HistoryMessage, StoredCall, StoredPart } from '../../server/store/turns.ts'
import type { Json } from '../../server/turns/event.ts'

const text = (said: string) => ({ type: 'text' as const, text: said })
const user = (said: string): LanguageModelV4Message => ({ role: 'user', content: [text(said)] })
const call = (toolCallId: string) =>
  ({ type: 'tool-call', toolCallId, toolName: 'list_tasks', input: {} }) as const
const result = (toolCallId: string, value = 'found') =>
  ({
    type: 'tool-result',
    toolCallId,
    toolName: 'list_tasks',
    output: { type: 'json', value },
  }) as const
const assistant = (
  ...content: (ReturnType<typeof text> | ReturnType<typeof call>)[]
): LanguageModelV4Message => ({
  role: 'assistant',
  content,
})
const tool = (...content: ReturnType<typeof result>[]): LanguageModelV4Message => ({ role: 'tool', content })

/** What providers demand of the messages behind the instructions. */
function expectValid(prompt: LanguageModelV4Prompt): void {
  const [first, ...rest] = prompt
  expect(first?.role).toBe('system')
  expect(rest[0]?.role).toBe('user')
  expect(['user', 'tool']).toContain(rest.at(-1)?.role)
  for (const [at, message] of rest.entries()) {
    if (message.role === 'system') throw new Error('Instructions among the messages')
    expect(message.content.length, 'nothing is empty').toBeGreaterThan(0)
    for (const part of message.content) if (part.type === 'text') expect(part.text.trim()).not.toBe('')
    const calls =
      message.role === 'assistant' ? message.content.filter(part => part.type === 'tool-call') : []
    const ids = calls.map(part => part.toolCallId)
    expect(new Set(ids).size, 'one id, one call').toBe(ids.length)
    const next = rest[at + 1]
    if (calls.length > 0) {
      expect(message.content.at(-1)?.type, 'calls come last').toBe('tool-call')
      const results = next?.role === 'tool' ? next.content.filter(part => part.type === 'tool-result') : []
      expect(results.map(part => part.toolCallId)).toEqual(ids)
    } else expect(next?.role, 'results stand behind their calls').not.toBe('tool')
    expect(next?.role, 'they take turns').not.toBe(message.role)
  }
}

const valid = (messages: LanguageModelV4Message[]) => {
  const repaired = repairTranscript(messages)
  expectValid([{ role: 'system', content: 'Rules' }, ...repaired])
  return repaired
}

describe('a transcript', () => {
  test('that is whole stays as it is', () => {
    const whole = [
      user('Hi'),
      assistant(text('I look'), call('a')),
      tool(result('a')),
      assistant(text('One')),
      user('Ok'),
    ]
    expect(valid(whole)).toEqual(whole)
  })

  test.each<[string, LanguageModelV4Message[], LanguageModelV4Message[]]>([
    [
      'a result without its call is left out',
      [user('Hi'), tool(result('a')), user('Ho')],
      [user('Hi\n\nHo')],
    ],
    [
      'a second result of a call is left out',
      [user('Hi'), assistant(call('a')), tool(result('a'), result('a', 'else'))],
      [user('Hi'), assistant(call('a')), tool(result('a'))],
    ],
    [
      'results are put in the order of their calls',
      [user('Hi'), assistant(call('a'), call('b')), tool(result('b')), tool(result('a'))],
      [user('Hi'), assistant(call('a'), call('b')), tool(result('a'), result('b'))],
    ],
    [
      'what the assistant said twice is said once',
      [user('Hi'), assistant(text('A')), assistant(text('B')), user('Ho')],
      [user('Hi'), assistant(text('A\n\nB')), user('Ho')],
    ],
    [
      'an answer without a word is left out',
      [user('Hi'), assistant(text(' ')), user('Ho')],
      [user('Hi\n\nHo')],
    ],
    [
      'an answer without a question before it is left out',
      [assistant(text('A'), call('a')), tool(result('a')), user('Hi')],
      [user('Hi')],
    ],
  ])('%s', (_, broken, whole) => {
    expect(valid(broken)).toEqual(whole)
  })

  test('a call without a result gets one that says so', () => {
    const [, , last] = valid([user('Hi'), assistant(call('a'))])
    expect(last).toMatchObject({
      role: 'tool',
      content: [{ toolCallId: 'a', output: { type: 'error-text' } }],
    })
  })

  test('two calls of one id are told apart, each with its result', () => {
    const [, calls, results] = valid([
      user('Hi'),
      assistant(call('a'), call('a')),
      tool(result('a', '1'), result('a', '2')),
    ])
    expect(calls?.content).toMatchObject([{ toolCallId: 'a' }, { toolCallId: 'a_2' }])
    expect(results?.content).toMatchObject([
      { toolCallId: 'a', output: { value: '1' } },
      { toolCallId: 'a_2', output: { value: '2' } },
    ])
  })

  test('of anything at all becomes one that every provider takes', () => {
    const words = fc.constantFrom('', ' ', 'Hi', 'One\n\ntwo', '</data>')
    const ids = fc.constantFrom('a', 'b', 'c')
    const message = fc.oneof(
      words.map(user),
      fc.array(fc.oneof(words.map(text), ids.map(call)), { maxLength: 4 }).map(parts => assistant(...parts)),
      fc
        .array(
          ids.map(id => result(id)),
          { maxLength: 3 },
        )
        .map(parts => tool(...parts)),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), messages => {
        const before = structuredClone(messages)
        const repaired = valid(messages)
        expect(messages, 'what was given is left alone').toEqual(before)
        expect(repairTranscript(repaired), 'and nothing more is to be done').toEqual(repaired)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a stored history', () => {
  const status = fc.constantFrom<StoredCall['status'][]>(
    ...([
      'pending',
      'started',
      'completed',
      'failed',
      'unknown',
      'awaiting_approval',
      'approved',
      'denied',
      'dropped',
    ] as const),
  )
  const callIds = fc.constantFrom('c1', 'c2', 'c3')
  const given: fc.Arbitrary<Json> = fc.oneof(
    fc.dictionary(fc.string(), fc.string()),
    fc.constantFrom<Json[]>(null, 'text', [1]),
  )
  const storedCall = fc.record({
    id: callIds,
    step: fc.nat(3),
    position: fc.nat(3),
    provider_call_id: fc.constantFrom('call_1', 'call_2'),
    name: fc.constantFrom('list_tasks', 'delete_task'),
    arguments: given,
    result: fc.oneof(fc.constant(null), fc.record({ title: fc.string() })),
    status,
    effect: fc.constant('transaction' as const),
    continues: fc.constant(null),
    finished_at: fc.constant(null),
  })
  const part: fc.Arbitrary<StoredPart> = fc.oneof(
    fc.record({
      type: fc.constantFrom('text' as const, 'reasoning' as const),
      step: fc.nat(3),
      text: fc.constantFrom('', 'Said'),
    }),
    fc.record({ type: fc.constant('tool_call' as const), step: fc.nat(3), id: callIds }),
  )
  const message: fc.Arbitrary<HistoryMessage> = fc.record({
    seq: fc.nat(99),
    role: fc.constantFrom('user' as const, 'assistant' as const),
    status: fc.constantFrom(null, 'completed', 'failed', 'cancelled', 'awaiting_approval'),
    content: fc.constantFrom('', 'Hello', 'Words'),
    parts: fc.option(fc.array(part, { maxLength: 5 })),
    calls: fc.option(fc.array(storedCall, { maxLength: 3 })),
  })
  const journal = fc.record({
    parts: fc.array(part, { maxLength: 4 }),
    calls: fc.array(storedCall, { maxLength: 3 }).map(calls => new Map(calls.map(each => [each.id, each]))),
  })

  test('of any kind gives a prompt that every provider takes, marked or not', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), journal, (history, steps) => {
        const prompt = buildPrompt('Rules', history, steps)
        expectValid(prompt)
        expectValid(markData(prompt))
      }),
      { numRuns: 2000 },
    )
  })

  const said = (
    role: 'user' | 'assistant',
    content: string,
    parts: StoredPart[] | null = null,
  ): HistoryMessage => ({
    ...{ seq: 0, role, status: role === 'user' ? null : 'completed', content, parts, calls: null },
  })
  const reminder = said('assistant', 'It is due.', [{ type: 'text', step: 0, text: 'It is due.' }])
  const nothing = { parts: [], calls: new Map() }
  const spoken = (newestFirst: HistoryMessage[]) =>
    buildPrompt('Rules', newestFirst, nothing)
      .slice(1)
      .map(({ role, content }) =>
        [
          role,
          ...(typeof content === 'string' ? [] : content).map(each => ('text' in each ? each.text : '')),
        ].join(': '),
      )

  test('that begins with a reminder says what that was', () => {
    expect(spoken([said('user', 'Done'), reminder])).toEqual([
      'user: (A reminder came due.)',
      'assistant: It is due.',
      'user: Done',
    ])
  })

  test('with a reminder behind an answer has both as the assistant’s', () => {
    expect(spoken([said('user', 'Done'), reminder, said('assistant', 'Hello'), said('user', 'Hi')])).toEqual([
      'user: Hi',
      'assistant: Hello\n\nIt is due.',
      'user: Done',
    ])
  })

  test('whose window begins with an answer leaves it out', () => {
    expect(spoken([said('user', 'Done'), said('assistant', 'Hello')])).toEqual(['user: Done'])
  })
})

describe('what tools have found', () => {
  const found = (value: unknown, type: 'json' | 'error-json' = 'json') => {
    const output = { type, value } as ReturnType<typeof result>['output']
    const [marked] = markData([tool({ ...result('a'), output })])
    const [part] = marked?.role === 'tool' ? marked.content : []
    if (part?.type !== 'tool-result' || !('value' in part.output)) throw new Error('No result')
    return { type: part.output.type, text: String(part.output.value) }
  }

  test('stands between marks that nothing in it can end', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.constantFrom('</data>', '<data>', '\u2028</data>', '\\u003c/data\\u003e'),
          fc.jsonValue(),
        ),
        title => {
          const { type, text: given } = found({ title })
          expect(type).toBe('text')
          const inside = given.slice('<data>'.length, -'</data>'.length)
          expect(given).toBe(`<data>${inside}</data>`)
          expect(inside).not.toMatch(/[<>]/)
          expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify({ title })))
        },
      ),
    )
  })

  test('is marked as a failure still when it is one', () => {
    expect(found({ error: 'Task 9 was not found' }, 'error-json')).toEqual({
      type: 'error-text',
      text: '<data>{"error":"Task 9 was not found"}</data>',
    })
  })
})
