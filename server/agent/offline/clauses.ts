import { readDetails } from './details.ts'
import type { Goal } from './goal.ts'
import { readClause } from './grammar.ts'
import { startsAction } from './grammar-en-add.ts'
import { taskNoun } from './grammar-en-ask.ts'
import type { Language } from './language.ts'
import type { Reading } from './rule.ts'
import { isPlain } from './target.ts'
import { slice, type Text, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/**
 * Several requests in one message. A semicolon or a new line always parts them; "and", a comma or a full stop
 * only when what follows is a request of its own: "add buy milk and eggs" stays one task.
 */
const separator =
  /(?<hard>\s*[;\n]+\s*)|(?<soft>(?:,|\.|!|\?|:)?\s+(?:and then|and also|and after that|and afterwards|then|and|also|plus|but|after that|afterwards|&|aur phir|aur|phir|اور پھر|اور|پھر|پھر بھی)\s+(?:also |then )?|\s*[.!?]\s+|,\s+)/gu

// More than a person asks for at once; beyond it the rest is one clause.
const MOST_CLAUSES = 60

interface Context {
  language: Language
  clock: Clock
}

export interface Clause {
  text: Text
  reading: Reading | undefined
}

/** "Add these tasks: milk, eggs and bread" is a list, so every comma parts. */
const listed = /\b(?:tasks|items|to-?dos|reminders|things)(?: (?:to|on) my list)? ?:/

/** "no, delete 5", "actually, …": a word or two that only lead in. */
const bare = ({ norm }: Text) => !norm.includes(' ')

const pointsAtTask = (goal: Goal, text: Text) =>
  'target' in goal ? goal.target.by !== 'nothing' && isPlain(goal.target, text) : goal.do === 'list'

/** Whether `right` stands on its own after the clause `left`. */
function parts(left: Clause, { right, joined }: { right: Text; joined: Text }, context: Context): boolean {
  const next = readClause(right, context)
  const adding = left.reading?.goal.do === 'add'
  const longEnough = left.reading?.goal.do === 'add' && (left.reading.goal.details.title ?? '').includes(' ')
  if (adding && listed.test(left.text.norm)) return true
  if (!adding) {
    if (!next) return false
    // "mark buy milk and call mom as done" only makes sense as a whole.
    if (!left.reading && readClause(joined, context)?.guess === false) return bare(left.text)
    return !next.guess || (left.reading === undefined && next.goal.do !== 'say')
  }
  if (next && !next.guess && next.goal.do === 'add') return true
  if (next && !next.guess && next.goal.do !== 'say' && pointsAtTask(next.goal, right))
    return next.goal.do !== 'list' || taskNoun.test(right.norm) || /^(?:show|list|what)/.test(right.norm)
  return longEnough && startsAction(right)
}

/** Cuts a message into clauses and reads each. A clause after an addition that says nothing else adds too. */
export function readClauses(message: Text, context: Context): Clause[] {
  const cuts = [...message.norm.matchAll(separator)].slice(0, MOST_CLAUSES)
  const clauses: Clause[] = []
  let start = 0
  for (const [index, cut] of cuts.entries()) {
    const end = cut.index + cut[0].length
    const left = clause(slice(message, start, cut.index), clauses.at(-1), context)
    const right = withoutEnding(slice(message, end, cuts[index + 1]?.index))
    if (right.norm === '' || left.text.norm === '') continue
    if (
      cut.groups?.hard === undefined &&
      !parts(left, { right, joined: slice(message, start, cuts[index + 1]?.index) }, context)
    )
      continue
    clauses.push(left)
    start = end
  }
  clauses.push(clause(slice(message, start), clauses.at(-1), context))
  return clauses.filter(({ text }) => text.norm !== '')
}

function clause(text: Text, before: Clause | undefined, context: Context): Clause {
  const reading = readClause(text, context)
  const adds = before?.reading?.goal.do === 'add' && (!reading || reading.guess)
  if (!adds || /^[\s\d\p{P}]*$/u.test(text.norm)) return { text, reading }
  return { text, reading: { goal: { do: 'add', details: readDetails(text, context.clock) }, guess: false } }
}
