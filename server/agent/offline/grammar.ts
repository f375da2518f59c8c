import { closing, courtesy } from './courtesy.ts'
import { findWhen, readWhen } from './dates.ts'
import { addRules, bareRules, wideAddRules } from './grammar-en-add.ts'
import { askRules, terseRules, whoRules } from './grammar-en-ask.ts'
import { changeRules, fieldRules, stateRules } from './grammar-en-change.ts'
import { frameRules } from './grammar-en-frames.ts'
import { recordedRules } from './grammar-en-recorded.ts'
import { remindRules } from './grammar-en-remind.ts'
import { offTopicRules, talkRules } from './grammar-en-talk.ts'
import { settledRule } from './grammar-en-told.ts'
import { urduRules } from './grammar-urdu.ts'
import type { Language } from './language.ts'
import { recurrenceOf } from './repetition.ts'
import { firstReading, type Reading, type Rule } from './rule.ts'
import { spelled, withoutGerund } from './spelling.ts'
import { slice, type Text, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** The whole grammar in the order in which it is tried: what is said most exactly comes first. */
const english: Rule[] = [
  ...remindRules,
  ...talkRules,
  ...fieldRules,
  ...frameRules,
  ...addRules,
  ...whoRules,
  ...recordedRules,
  ...askRules,
  ...changeRules,
  ...wideAddRules,
  ...stateRules,
  settledRule,
  ...bareRules,
  ...terseRules,
  ...offTopicRules,
]

const grammars: Record<Language, Rule[]> = {
  en: english,
  ur: [...urduRules, ...english],
  roman: [...urduRules, ...english],
}

const bullet = /^(?:[-*•+]|\d{1,2}[.)]|\[ ?\]) +(?=\S)/

const MOST_COURTESIES = 6
// No request is longer: a title, a description and the words around them. Also keeps every pattern's work bounded.
const LONGEST_CLAUSE = 1600

interface Spoken {
  language: Language
  clock: Clock
}

/** Reads one request; courtesies at its beginning are taken off only when it cannot be read with them. */
export function readClause(given: Text, context: Spoken): Reading | undefined {
  const { language, clock } = context
  let text = withoutEnding(given)
  text = slice(text, bullet.exec(text.norm)?.[0].length ?? 0)
  if (text.norm === '' || text.norm.length > LONGEST_CLAUSE) return undefined
  const end = closing.exec(text.norm)?.index
  if (end) text = withoutEnding(slice(text, 0, end))
  let guessed: Reading | undefined
  let soon = false
  for (let round = 0; round <= MOST_COURTESIES; round += 1) {
    text = spelled(round > 0 ? withoutGerund(text) : text)
    const reading = firstReading(grammars[language], text, clock)
    if (reading && !reading.guess) return asked(reading, given, text)
    guessed = better(guessed, reading)
    const polite = courtesy.exec(text.norm)
    if (!polite) break
    soon ||= underWay.test(text.norm)
    text = slice(text, polite[0].length)
  }
  if (soon && guessed?.goal.do === 'add') return undefined
  return guessed?.goal.do === 'add' ? guessed : (dateFirst(text, clock) ?? guessed)
}

/** "I'm going to call the bank now" tells, and asks for nothing. */
const underWay =
  /^i(?:'ll| will|'m (?:going|trying) to|'m off to| am (?:going|trying) to) .*(?: (?:now|right now|later|soon|shortly|first|in a (?:bit|minute|sec|second|moment)|then))$/

const command =
  /^(?:complete|mark|tick|check|cross|strike|finish|set|close|flag|put|move|make|consider)\b|\b(?:kar|kr) ?(?:do|den|dein|lo)$|\bkaro$/

/** "bought the milk?" asks whether it is done. */
function asked(reading: Reading, given: Text, text: Text): Reading {
  const { goal } = reading
  if (goal.do !== 'complete' || !given.norm.endsWith('?') || command.test(text.norm)) return reading
  return { ...reading, goal: { do: 'status', target: goal.target, about: 'done' } }
}

/** "on Wednesday I need to pick up the cake", "once a month I have to …": date or repetition stand before the request. */
function dateFirst(text: Text, clock: Clock): Reading | undefined {
  const often = repetitionFirst.exec(text.norm)
  const found = often ? undefined : findWhen(text.norm, clock)
  const when = often ? readWhen('today', clock) : found?.when
  if (!when || (found && found.start > 0)) return undefined
  const rest = slice(text, often ? often[0].length : (found?.end ?? 0))
  const request = rest.norm.startsWith(',') ? slice(rest, 1) : rest
  const reading = firstReading([...frameRules, ...addRules, ...wideAddRules], request, clock)
  if (reading?.goal.do !== 'add' || reading.goal.details.due_date) return undefined
  const recurrence = often ? recurrenceOf(often[0]) : when.recurrence
  const details = {
    ...reading.goal.details,
    due_date: when.due,
    ...(when.hasTime && { timed: true as const }),
    ...(recurrence && { recurrence }),
  }
  return { ...reading, goal: { ...reading.goal, details } }
}

const repetitionFirst = /^(?:once an? (?:day|week|month)|daily|weekly|monthly),? +(?=\S)/

/** "please buy milk" is a task, though "please …" alone may look off topic. */
const better = (before: Reading | undefined, now: Reading | undefined) =>
  !before || (before.goal.do === 'say' && now) ? now : before
