import { type Verdict, verdictOf } from '../verdict.ts'
import { type Clause, readClauses } from './clauses.ts'
import { titleOf } from './details.ts'
import type { Goal, Target } from './goal.ts'
import { type Language, languageOf } from './language.ts'
import type { Memory } from './memory.ts'
import { replyTo } from './reply.ts'
import { readTarget } from './target.ts'
import { slice, type Text, textOf, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** From a message and the conversation before it to goals. */

export interface Interpretation {
  goals: Goal[]
  language: Language
}

const say = (topic: (Goal & { do: 'say' })['topic']): Goal[] => [{ do: 'say', topic }]

/** Words about anybody else's data, or that try to talk the rules away. Tasks are only ever the user's own. */
const foreign =
  /\buser[ _-]?id\b|\b(?:other|another|every|each|all|different|any)(?: other| single)? users?\b|\busers?'s?\b|\b(?:every(?:one|body)|some(?:one|body)|other people)(?:'s| else)|\bpeople's\b|\b(?:ignore|disregard|forget|override|bypass) (?:all |your |the |any |my |of |previous |prior |above |system )*(?:instructions?|rules?|prompts?|restrictions?|guidelines)\b|\bsystem prompt\b|\b(?:act|acting|log ?in|logged in) as (?:an? |the )?(?:admin|root|user|another)\b|\bi(?:'m| am) (?:the |an? )?(?:admin|administrator|root)\b|\badmin mode\b/
const possessed =
  /\b(?!(?:today|tomorrow|yesterday|week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday|what|let|it|that|there|here|who|where)'s)(?<owner>\p{L}+)'s (?:tasks?|to-?dos?|to-?do list|task list|list)\b/u
const asksToSee = /\b(?:show|list|see|display|view|what|which|give|tell|get|read|print|dump|reveal)\b/

function othersData(text: Text, goals: (Goal | undefined)[]): Goal[] | undefined {
  if (goals.some(goal => goal?.do === 'add' || goal?.do === 'whoami')) return undefined
  const named =
    possessed.test(text.norm) && goals.every(goal => !goal || goal.do === 'list' || goal.do === 'find')
  if (!foreign.test(text.norm) && !named) return undefined
  const toSee =
    asksToSee.test(text.norm) && !goals.some(goal => goal && 'target' in goal && goal.do !== 'status')
  return toSee ? [{ do: 'list', query: { status: 'all', ownOnly: true } }] : say('ownOnly')
}

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

/** "no, task 4", "the other one, not that": the last wish, for another task. */
const correction =
  /^(?:(?:no|nope|not that(?: one)?|sorry|oops|actually|wait|instead|rather|i (?:mean|meant|said))[,.!:;-]* +)+(?:i (?:mean|meant) +)?(?=\S)/
const contrast = /[,;]? +(?:not|instead of) +(?:that|this|it|task|#|\d|the).*$|,? +(?:instead|rather)$/

function instead(text: Text, memory: Memory): Goal[] | undefined {
  const plain = withoutEnding(text)
  const lead = correction.exec(plain.norm)?.[0].length ?? 0
  const tail = contrast.exec(plain.norm)?.index ?? plain.norm.length
  const target = readTarget(slice(plain, lead, Math.max(lead, tail)))
  const pointed = target.by === 'id' || target.by === 'place' || target.by === 'other' || target.by === 'both'
  if (!pointed) return retitled(slice(plain, lead), plain.norm.slice(0, lead), memory)
  const corrected = lead > 0 || tail < plain.norm.length || target.by === 'other'
  if (memory.wanted && 'target' in memory.wanted && corrected) return [{ ...memory.wanted, ...{ target } }]
  return target.by === 'other' || target.by === 'both'
    ? [{ do: 'instead', target }]
    : [{ do: 'status', target, about: 'all' }]
}

/** "no, I meant oat milk", right after a title was given. */
function retitled(text: Text, lead: string, memory: Memory): Goal[] | undefined {
  const { wanted } = memory
  const titled = wanted?.do === 'add' || (wanted?.do === 'update' && wanted.change.title !== undefined)
  const title = titleOf(text)
  if (!titled || title === '' || !/\b(?:no|nope|oops|sorry|wait|i (?:mean|meant|said))\b/.test(lead))
    return undefined
  return [{ do: 'update', target: { by: 'pronoun', many: false }, change: { title } }]
}

const isAct = (goal: Goal) =>
  goal.do === 'delete' || goal.do === 'complete' || goal.do === 'reopen' || goal.do === 'keep'

const sameTarget = (a: Target, b: Target) =>
  a.by === 'nothing' || b.by === 'nothing' || b.by === 'pronoun' || JSON.stringify(a) === JSON.stringify(b)

/** Joins what belongs together: "complete and delete task 5" shares its task, two deletions share their question. */
export function compose(goals: Goal[]): Goal[] {
  const composed: Goal[] = []
  for (const [index, goal] of goals.entries()) {
    const [before, after] = [composed.at(-1), goals[index + 1]]
    if (
      isAct(goal) &&
      'target' in goal &&
      goal.target.by === 'nothing' &&
      after &&
      'target' in after &&
      isAct(after)
    )
      composed.push({ ...goal, target: after.target })
    else if (goal.do === 'update' && goal.target.by === 'nothing' && before?.do === 'update')
      composed.push({ ...goal, target: before.target })
    else if (
      goal.do === 'delete' &&
      before?.do === 'delete' &&
      goal.target.by === 'id' &&
      before.target.by === 'id'
    )
      composed[composed.length - 1] = {
        ...goal,
        target: { by: 'id', ids: [...new Set([...before.target.ids, ...goal.target.ids])].slice(0, 50) },
      }
    else composed.push(goal)
  }
  return withoutContradiction(composed)
}

/** Fields that need nothing looked up: of the others, the second depends on what became of the first. */
const plainFields = new Set(['title', 'description', 'priority', 'due_date'])

const isPlainChange = ({ change }: Goal & { do: 'update' }) => {
  const fields = Object.keys(change)
  const fits = Array.from(change.title ?? '').length <= 200
  return fits && fields.length > 0 && fields.every(field => plainFields.has(field))
}

const onlyAddsTags = ({ change }: Goal & { do: 'update' }) => Object.keys(change).join() === 'addTags'

/** "make it high priority and due Monday": a call for each, told as one change. */
function joinUpdates(goals: Goal[]): Goal[] {
  const joined: Goal[] = []
  for (const goal of goals) {
    const before = joined.at(-1)
    const follows = goal.do === 'update' && before?.do === 'update' && sameTarget(before.target, goal.target)
    if (follows && isPlainChange(before) && (isPlainChange(goal) || onlyAddsTags(goal)))
      joined[joined.length - 1] = { ...before, also: [...(before.also ?? []), goal.change] }
    else joined.push(goal)
  }
  return joined
}

/** "delete and keep task 5" cannot be done; "delete task 4 but keep task 5" only says what to leave alone. */
function withoutContradiction(goals: Goal[]): Goal[] {
  const kept = goals.flatMap(goal => (goal.do === 'keep' ? [goal.target] : []))
  if (kept.length === 0) return goals
  const clash = goals.find(
    goal =>
      goal.do !== 'keep' &&
      isAct(goal) &&
      'target' in goal &&
      kept.some(target => sameTarget(goal.target, target)),
  )
  if (clash && 'target' in clash) return [{ do: 'contradiction', target: clash.target }]
  const rest = goals.filter(goal => goal.do !== 'keep')
  return rest.length > 0 ? rest : say('leftAlone')
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
  return compose(goals)
}

/** Only what has a plain opposite can be undone; anything else is for the user to put into words. */
function undoing(memory: Memory): Goal {
  const { wanted } = memory
  if (wanted?.do === 'complete') return { do: 'reopen', target: wanted.target }
  return wanted?.do === 'reopen' ? { do: 'complete', target: wanted.target } : { do: 'undo' }
}

export function interpret(message: string, memory: Memory, clock: Clock): Interpretation {
  const text = textOf(message)
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
    ) ?? (unread ? instead(text, memory) : undefined)
  const wanted = goals ?? goalsOf(clauses).map(goal => (goal.do === 'undo' ? undoing(memory) : goal))
  return { goals: joinUpdates(wanted), language }
}
