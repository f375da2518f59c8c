import { expect } from 'vitest'
import type { SaidTurn } from '../fixtures/utterances.ts'

/** A turn as a client sees it, whatever ran it. */
export interface PlayedTurn {
  response: string
  calls: { name: string; arguments: unknown }[]
  status: string
}

const changing = new Set(['add_task', 'complete_task', 'reopen_task', 'update_task', 'delete_task'])

const callsOf = (turn: PlayedTurn, changes: boolean) =>
  turn.calls.filter(({ name }) => changing.has(name) === changes).map(call => [call.name, call.arguments])

export function expectTurn(turn: PlayedTurn, expected: SaidTurn): void {
  const said = `${expected.say}\n→ ${turn.response}`
  if (expected.changes) expect(callsOf(turn, true), said).toEqual(expected.changes)
  if (expected.reads) expect(callsOf(turn, false), said).toEqual(expected.reads)
  expect(turn.response.trim(), said).not.toBe('')
  for (const text of expected.answer ?? []) expect(turn.response.toLowerCase()).toContain(text.toLowerCase())
  for (const text of expected.without ?? []) expect(turn.response, said).not.toContain(text)
  expect(turn.status, said).toBe(expected.awaiting ? 'awaiting_approval' : 'completed')
  expect(repeated(turn.response), said).toEqual([])
}

/** Lines that occur twice in an answer: the text of all steps is joined, so no step may repeat what another said. */
function repeated(response: string): string[] {
  const lines = response.split('\n').filter(line => line !== '')
  return lines.filter((line, index) => lines.indexOf(line) < index)
}
