import { type Verdict, verdictOf } from '../verdict.ts'
import { type Clause, readClauses } from './clauses.ts'
import { compose, joinUpdates } from './compose.ts'
import { correctionOf, undoing } from './corrections.ts'
import { plainSpeech } from './courtesy.ts'
import type { Goal } from './goal.ts'
import { type Language, languageOf } from './language.ts'
import type { Memory } from './memory.ts'
import { othersData } from './ownership.ts'
import { replyTo } from './reply.ts'
import { textOf } from './text.ts'
import type { Clock } from './zone.ts'

/** From a message and the conversation before it to goals. */

export interface Interpretation {
  goals: Goal[]
  language: Language
}

const say = (topic: (Goal & { do: 'say' })['topic']): Goal[] => [{ do: 'say', topic }]

function ofVerdict(verdict: Exclude<Verdict, 'other'>, memory: Memory, clauses: Clause[]): Goal[] {
  const spoken = clauses[0]?.reading?.goal
  if (verdict === 'no') return say(memory.refused ? 'kept' : 'dropped')
  if (memory.question?.slot === 'offer') return [memory.question.goal]
  const [only] = memory.question?.candidates ?? []
  if (memory.question && only && memory.question.candidates.length === 1 && 'target' in memory.question.goal)
    return [{ ...memory.question.goal, target: { by: 'id', ids: [only.id] } }, ...memory.question.rest]
  // "ok" and "great" are small talk when nothing waits; "yes, delete it" says what it wants.
  if (spoken && (spoken.do === 'delete' || (spoken.do === 'say' && spoken.topic !== 'unknown')))
    return [spoken]
  return say('nothingPending')
}

/** A clause that cannot be read is told, unless it only leads to one that can ("hey there, …"). */
function goalsOf(clauses: Clause[]): Goal[] {
  const first = clauses.findIndex(({ reading }) => reading && reading.goal.do !== 'say')
  if (first < 0) {
    const spoken = clauses.find(({ reading }) => reading)?.reading?.goal
    return spoken ? [spoken] : say('unknown')
  }
  const goals = clauses.slice(first).flatMap(({ reading, text }): Goal[] => {
    if (!reading) return [{ do: 'unread', words: text.raw.slice(0, 80) }]
    const chatter =
      reading.goal.do === 'say' && reading.goal.topic !== 'offTopic' && reading.goal.topic !== 'unknown'
    return chatter ? [] : [reading.goal]
  })
  return compose(aboutLeadIn(goals, clauses.slice(0, first)))
}

/** "the mechanic can't do tomorrow, move it to Friday": "it" is what the unread words before it name. */
function aboutLeadIn([goal, ...rest]: Goal[], before: Clause[]): Goal[] {
  const words = before.flatMap(({ reading, text }) => (!reading || reading.guess ? [text.raw] : [])).join(' ')
  if (!goal) return rest
  const points = 'target' in goal && goal.target.by === 'pronoun' && !goal.target.many
  if (!points || words === '') return [goal, ...rest]
  return [{ ...goal, target: { by: 'said', words: words.slice(0, 400) } }, ...rest]
}

const withUndoing = (goals: Goal[], memory: Memory) =>
  goals
    .filter((goal, index) => goal.do !== 'undo' || goals.findIndex(one => one.do === 'undo') === index)
    .flatMap(goal => {
      if (goal.do !== 'undo') return [goal]
      // "that's wrong, it's on Thursday": what is right says enough, when there is nothing to take back.
      return goals.length > 1 && memory.restore.length === 0 ? [] : undoing(memory)
    })

export function interpret(message: string, memory: Memory, clock: Clock): Interpretation {
  const text = plainSpeech(textOf(message))
  const language = languageOf(message) ?? memory.language
  const context = { language, clock }
  const clauses = readClauses(text, context)
  const verdict = verdictOf(message)
  if (verdict !== 'other') return { goals: ofVerdict(verdict, memory, clauses), language }
  const reply = memory.question && replyTo(memory.question, text, context)
  if (memory.question && reply)
    return { goals: joinUpdates(reply), language: language === 'en' ? memory.question.language : language }
  const unread = clauses.every(({ reading }) => !reading || reading.guess)
  const goals =
    othersData(
      text,
      clauses.map(({ reading }) => reading?.goal),
    ) ?? correctionOf(text, { memory, context, unread })
  const wanted = goals ?? withUndoing(goalsOf(clauses), memory)
  return { goals: joinUpdates(wanted), language }
}
