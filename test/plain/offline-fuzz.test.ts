import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scenarios } from '../fixtures/utterances.ts'
import { Conversation, partsOf } from '../support/offline-conversation.ts'
import { schemas, toolNames } from '../support/task-tools.ts'

const sayings = scenarios.flatMap(({ turns }) => turns.map(({ say }) => say))
const words = [...new Set(sayings.flatMap(say => say.split(/\s+/)))]

/** From sense to nonsense: known sentences, their words in any order, and any text at all. */
const message = fc.oneof(
  fc.constantFrom(...sayings),
  fc
    .array(fc.constantFrom(...words, ',', ';', 'and', '"', "'", '#2', '\n'), { maxLength: 25 })
    .map(list => list.join(' ')),
  fc
    .tuple(fc.constantFrom(...sayings), fc.string({ unit: 'binary', maxLength: 60 }))
    .map(([a, b]) => `${a} ${b}`),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
const title = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter(text => text.trim() === text)
const tasks = fc.array(
  fc.record({ title: fc.oneof(title, fc.constantFrom(...sayings)), completed: fc.boolean() }),
  { maxLength: 6 },
)

test('whatever is said, no call breaks its schema and every turn ends in an answer', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, fc.array(message, { minLength: 1, maxLength: 5 }), async (seeds, messages) => {
      const conversation = new Conversation(seeds)
      for (const say of messages) expect((await conversation.say(say)).response.trim()).not.toBe('')
    }),
    { numRuns: 300 },
  )
})

test('nothing is deleted but what was asked about and agreed to', async () => {
  const others = message.filter(say => !/^\W*(yes|confirm|yeah|haan|جی|ہاں)/iu.test(say))
  await fc.assert(
    fc.asyncProperty(tasks, fc.array(others, { minLength: 1, maxLength: 5 }), async (seeds, messages) => {
      const conversation = new Conversation(seeds)
      const created = new Set<unknown>()
      for (const say of messages)
        for (const call of (await conversation.say(say)).calls) {
          if (call.name === 'add_task') created.add(call)
          if (call.name === 'delete_task') expect(call.status, say).toBe('awaiting_approval')
        }
      expect(conversation.list.tasks.length).toBe(seeds.length + created.size)
    }),
    { numRuns: 150 },
  )
})

test('nonsense changes nothing', async () => {
  const consonants = fc.string({
    unit: fc.constantFrom(...'bcdfghjklmnpqrstvwxz'),
    minLength: 4,
    maxLength: 9,
  })
  const nonsense = fc.array(consonants, { minLength: 1, maxLength: 400 }).map(list => list.join(' '))
  await fc.assert(
    fc.asyncProperty(nonsense, async say => {
      const conversation = new Conversation(['Buy milk', 'Call mom'])
      expect((await conversation.say(say)).calls).toEqual([])
    }),
    { numRuns: 50 },
  )
})

const anyOutput = fc.oneof(
  fc.record({
    type: fc.constantFrom('json', 'text', 'error-json', 'error-text', 'content', 'odd'),
    value: fc.jsonValue(),
  }),
  fc.record({ type: fc.constant('execution-denied'), reason: fc.string() }),
  fc.jsonValue(),
)
const anyPart = fc.oneof(
  fc.record({ type: fc.constantFrom('text', 'reasoning'), text: fc.oneof(message, fc.jsonValue()) }),
  fc.record({
    type: fc.constant('tool-call'),
    toolCallId: fc.constantFrom('1', '2'),
    toolName: fc.constantFrom(...toolNames, 'other'),
    input: fc.jsonValue(),
  }),
  fc.record({
    type: fc.constant('tool-result'),
    toolCallId: fc.constantFrom('1', '2', '3'),
    toolName: fc.constantFrom(...toolNames),
    output: anyOutput,
  }),
  fc.jsonValue(),
)
const anyMessage = fc.record({
  role: fc.constantFrom('user', 'assistant', 'tool', 'odd'),
  content: fc.oneof(fc.array(anyPart, { maxLength: 5 }), fc.string(), fc.constant(null)),
})

test('no prompt makes it throw, and no call it makes breaks its schema', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyMessage, { maxLength: 12 }), message, async (history, say) => {
      // Deliberately not what the type promises: another model, an older version or a fault may have written it.
      const prompt = [
        ...history,
        { role: 'user', content: [{ type: 'text', text: say }] },
      ] as LanguageModelV4Prompt
      for (const part of await partsOf(prompt))
        if (part.type === 'tool-call') {
          const name = toolNames.find(name => name === part.toolName)
          expect(name && schemas[name].safeParse(JSON.parse(part.input)).success, part.input).toBe(true)
        }
    }),
    { numRuns: 500 },
  )
})
