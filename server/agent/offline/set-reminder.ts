import { dueWords } from './due-words.ts'
import { type Call, failureText, type Pursuit, type Scene } from './pursuit.ts'

export const timeWords = (value: unknown, scene: Scene) => dueWords(String(value ?? ''), scene)

/** Sets a reminder and gives the sentence about it. */
export function* setReminder(input: Call['input'], scene: Scene): Pursuit<string> {
  const [outcome] = yield { calls: [{ tool: 'set_reminder', input }] }
  if (outcome?.is !== 'done') return failureText(outcome, scene)
  return scene.phrases.willRemind(timeWords(outcome.value.remind_at, scene))
}
