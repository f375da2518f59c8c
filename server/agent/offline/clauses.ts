import { noted } from './afterthought.ts'
import { isPleasantry } from './courtesy.ts'
import { findWhen, readWhen } from './dates.ts'
import { counts } from './day-words.ts'
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
  /(?<hard>\s*[;\n]+\s*)|(?<soft>(?:,|\.|!|\?|:)?(?<!\b(?:i|we|i've|i'll|i'd))\s+(?:so(?= +(?:can|could|please|pls|plz|you can|let's|we can|mark|tick|cross|check|strike|move|push|delete|remove|drop|scrap|bin|cancel|forget|put|take|(?:that|this) one(?: can|'s| is| should)|it can) )|(?:and )?now(?= +(?:what|what's|whats|show|list|add|remind|mark|delete|tell|give) ?)|and then|and also|and after that|and afterwards|then|and|also|plus|but|after that|afterwards|&|aur phir|aur|phir|اور پھر|اور|پھر|پھر بھی)\s+(?:also |then )?|\s*[.!?]\s+|,\s+)/gu

// More than a person asks for at once; beyond it the rest is one clause.
const MOST_CLAUSES = 60

export interface Context {
  language: Language
  clock: Clock
}

export interface Clause {
  text: Text
  reading: Reading | undefined
}

/** "Add these tasks: milk, eggs and bread" is a list, so every comma parts. */
const listed =
  /\b(?:tasks|items|to-?dos|reminders|things)(?: (?:to|on) my list)? ?:|\b(?:need|have|got) to ?:/

/** "new task: collect the parcel, notes: bring an ID": the note is the task's. */
const noteBegins =
  /^(?:and |with )?(?:the |a )?(?:notes?|description|desc|details?)(?: (?:is|are|says?))?(?::| -) ?\S|^(?:tag|label) it /

/** "no, delete 5", "actually, …": a word or two that only lead in. */
const bare = ({ norm }: Text) => !norm.includes(' ') && !/\d/.test(norm) && !(norm in counts)

const pointsAtTask = (goal: Goal, text: Text) =>
  'target' in goal ? goal.target.by !== 'nothing' && isPlain(goal.target, text) : goal.do === 'list'

/** "…, tick that off": what it points at was said before it. */
const pointsBack = (goal: Goal) => 'target' in goal && goal.target.by === 'pronoun' && !goal.target.many

interface Cut {
  right: Text
  joined: Text
  /** What is cut is a list of tasks: "add these: milk, eggs and bread". */
  listing: boolean
}

/** Whether `right` stands on its own after the clause `left`. */
function parts(left: Clause, { right, joined, listing }: Cut, context: Context): boolean {
  const next = readClause(right, context)
  const adding = left.reading?.goal.do === 'add'
  const longEnough = left.reading?.goal.do === 'add' && (left.reading.goal.details.title ?? '').includes(' ')
  if (adding && listing) return true
  if (adding && noteBegins.test(right.norm)) return false
  if (!adding) {
    if (!next) return false
    if (next && !next.guess && pointsBack(next.goal)) return true
    // "mark buy milk and call mom as done" only makes sense as a whole.
    if (!left.reading && readClause(joined, context)?.guess === false) return bare(left.text)
    return !next.guess || (left.reading === undefined && next.goal.do !== 'say')
  }
  if (next && !next.guess && next.goal.do === 'add') return true
  if (next && !next.guess && next.goal.do !== 'say' && pointsAtTask(next.goal, right))
    return next.goal.do !== 'list' || taskNoun.test(right.norm) || /^(?:show|list|what)/.test(right.norm)
  return longEnough && startsAction(right)
}

const reversal =
  /[,.;:-]*\s+(?:no,? wait|wait,? no|no,? sorry|sorry,? no|sorry,? i mean(?:t)?|no,? i mean(?:t)?|i mean(?:t)?|oops|scratch that|no,? make (?:that|it)|no,? actually(?:,? make (?:that|it))?|actually,? (?:no,? )?make (?:that|it)|or rather|correction:?)[,.:;]*\s+(?=\S)/
const firstVerb =
  /^(?:(?:please|can you|could you) )*(?:add|create|put|complete|finish|delete|remove|reopen|mark)\b(?: (?:a |the )?task(?= \d| to|:| called))?/

/** "add buy apples, no wait, buy pears": only the last version counts. */
function selfCorrected(message: Text, context: Context): Text {
  const match = reversal.exec(message.norm)
  if (!match || match.index === 0) return message
  const [left, right] = [slice(message, 0, match.index), slice(message, match.index + match[0].length)]
  const reading = readClause(right, context)
  if (reading && !reading.guess) return right
  const date = findWhen(left.norm, context.clock)
  if (date && readWhen(right.norm, context.clock)) {
    const kept = slice(left, 0, date.start)
    return joined(kept, right)
  }
  const verb = firstVerb.exec(left.norm)
  const tail = / as (?:done|complete|completed|finished)$/.exec(left.norm)
  if (!verb) return message
  const again = joined(slice(left, 0, verb[0].length), right)
  return tail ? joined(again, slice(left, tail.index)) : again
}

const joined = (a: Text, b: Text): Text => ({ raw: `${a.raw} ${b.raw}`, norm: `${a.norm} ${b.norm}` })

// Every step of a turn reads the same messages at the same time; what they say does not change between them.
const read = new Map<string, Clause[]>()
const MOST_KEPT = 500

/** Cuts a message into clauses and reads each. A clause after an addition that says nothing else adds too. */
export function readClauses(given: Text, context: Context): Clause[] {
  const { now, timeZone, monthFirst } = context.clock
  const key = `${now.getTime()} ${timeZone} ${monthFirst} ${context.language} ${given.raw}`
  const kept = read.get(key)
  if (kept) return kept
  const clauses = cutAndRead(given, context)
  if (read.size >= MOST_KEPT) read.clear()
  if (key.length < 2000) read.set(key, clauses)
  return clauses
}

function cutAndRead(given: Text, context: Context): Clause[] {
  const whole = noted(given, context)
  if (whole) return [whole]
  const message = selfCorrected(given, context)
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
      !parts(
        left,
        {
          right,
          joined: slice(message, start, cuts[index + 1]?.index),
          // "wash and fold the towels" is one of its tasks; the last "and" parts like a comma.
          listing:
            (cut[0].includes(',') || index === cuts.length - 1) &&
            [...clauses, left].some(({ text }) => listed.test(text.norm)),
        },
        context,
      )
    )
      continue
    clauses.push(left)
    start = end
  }
  clauses.push(clause(slice(message, start), clauses.at(-1), context))
  return clauses.filter(({ text }) => text.norm !== '')
}

const bullet = /^(?:[-*•+]|\d{1,2}[.)]|\[ ?\]) +(?=\S)/

function clause(given: Text, before: Clause | undefined, context: Context): Clause {
  const text = slice(given, bullet.exec(given.norm)?.[0].length ?? 0)
  const reading = readClause(text, context)
  const adds = before?.reading?.goal.do === 'add' && (!reading || reading.guess)
  if (!adds || isPleasantry(text) || /^[\s\d\p{P}]*$/u.test(text.norm)) return { text, reading }
  return { text, reading: { goal: { do: 'add', details: readDetails(text, context.clock) }, guess: false } }
}
