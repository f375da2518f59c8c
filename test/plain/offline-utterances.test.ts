import { describe, expect, test } from 'vitest'
import { paraphrases } from '../fixtures/paraphrases.ts'
import { type SaidTurn, scenarios } from '../fixtures/utterances.ts'
import { Conversation, type PlayedTurn } from '../support/offline-conversation.ts'

const changing = new Set(['add_task', 'complete_task', 'reopen_task', 'update_task', 'delete_task'])

const callsOf = (turn: PlayedTurn, changes: boolean) =>
  turn.calls.filter(({ name }) => changing.has(name) === changes).map(call => [call.name, call.arguments])

function check(turn: PlayedTurn, expected: SaidTurn) {
  const said = `${expected.say}\n→ ${turn.response}`
  if (expected.changes) expect(callsOf(turn, true), said).toEqual(expected.changes)
  if (expected.reads) expect(callsOf(turn, false), said).toEqual(expected.reads)
  expect(turn.response.trim(), said).not.toBe('')
  for (const text of expected.answer ?? []) expect(turn.response.toLowerCase()).toContain(text.toLowerCase())
  for (const text of expected.without ?? []) expect(turn.response, said).not.toContain(text)
  expect(turn.status, said).toBe(expected.awaiting ? 'awaiting_approval' : 'completed')
}

describe('what people say', () => {
  test.each([...scenarios, ...paraphrases])('$name', async ({ tasks, turns, left }) => {
    const conversation = new Conversation(tasks)
    for (const turn of turns) check(await conversation.say(turn.say), turn)
    const titles = conversation.list.tasks.map(({ title, completed }) => (completed ? `✓ ${title}` : title))
    if (left) expect(titles).toEqual(left)
  })
})
