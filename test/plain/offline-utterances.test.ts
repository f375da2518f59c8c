import { describe, expect, test } from 'vitest'
import { paraphrases } from '../fixtures/paraphrases.ts'
import { scenarios } from '../fixtures/utterances.ts'
import { expectTurn } from '../support/expect-turn.ts'
import { Conversation } from '../support/offline-conversation.ts'

describe('what people say', () => {
  test.each([...scenarios, ...paraphrases])('$name', async ({ tasks, turns, left }) => {
    const conversation = new Conversation(tasks)
    for (const turn of turns) expectTurn(await conversation.say(turn.say), turn)
    const titles = conversation.list.tasks.map(({ title, completed }) => (completed ? `✓ ${title}` : title))
    if (left) expect(titles).toEqual(left)
  })
})
