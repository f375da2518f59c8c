import { alike, leaders } from './candidates.ts'
import { dated as givenDate } from './change-goals.ts'
import { readClauses } from './clauses.ts'
import { readWhen } from './dates.ts'
import { priorityOf, readDetails, titleOf } from './details.ts'
import type { Change, Goal } from './goal.ts'
import { readClause } from './grammar.ts'
import type { Language } from './language.ts'
import { inSpan } from './list-arguments.ts'
import type { Question } from './memory.ts'
import { readQuery } from './query.ts'
import { recurrenceOf } from './repetition.ts'
import { readTarget } from './target.ts'
import { clip, isQuoted, slice, type Text, unquoted, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** Reads a message as the answer to the assistant's question; undefined when it is something else. */

interface Context {
  language: Language
  clock: Clock
}

const fillers =
  /^(?:no,? |yes,? |ok,? |i (?:mean|meant) |i'd say |please |just |it's |it is |make it |the one (?:called|named) |let's (?:say|do) |task called )+(?=\S)/

const answerText = (text: Text) => {
  const plain = withoutEnding(text)
  return slice(plain, fillers.exec(plain.norm)?.[0].length ?? 0)
}

const withTarget = (goal: Goal, ids: number[]): Goal =>
  'target' in goal ? { ...goal, target: { by: 'id', ids } } : goal

const positions =
  /^(?:(?:number|no\.?|option|the) +)*(?<list>\d{1,3}(?:(?: *, *| +and +| +aur +| +اور +| *& *| +)\d{1,3})*)(?: +(?:please|one|ones))?[.)]?$/

/** A number is a place in the list that was shown, or the number of one of its tasks. */
function byNumber(question: Question, norm: string): number[] | undefined {
  const list = positions.exec(norm)?.groups?.list
  if (!list) return undefined
  const ids = (list.match(/\d+/g) ?? []).map(
    text =>
      question.candidates[Number(text) - 1]?.id ??
      question.candidates.find(({ id }) => id === Number(text))?.id,
  )
  return ids.every(id => id !== undefined) ? ids : undefined
}

/** "the high priority one", of those that were shown. */
function withProperty({ candidates }: Question, text: Text, clock: Clock): number[] | undefined {
  const { query, words, filtered } = readQuery(text, clock)
  if (!filtered || words.length > 0) return undefined
  const fit = candidates.filter(
    task =>
      (!query.priority || task.priority === query.priority) &&
      (!query.tag || task.tags?.includes(query.tag)) &&
      (query.status === undefined ||
        query.status === 'all' ||
        (task.completed === true) === (query.status === 'completed')) &&
      (query.due !== 'overdue' || Date.parse(task.dueAt ?? '') < clock.now.getTime()) &&
      (!query.span || inSpan(query.span)({ tags: [], title: '', completed: false, ...task })),
  )
  return fit.length === 1 ? fit.map(({ id }) => id) : undefined
}

function chosen(question: Question, text: Text, clock: Clock): number[] | undefined {
  const { candidates } = question
  const target = readTarget(text)
  if (target.by === 'id') {
    const known = target.ids.filter(id => candidates.some(candidate => candidate.id === id))
    return known.length === target.ids.length ? known : undefined
  }
  if (target.by === 'place') {
    const ids = target.places.map(place => candidates.at(place < 0 ? place : place - 1)?.id)
    return ids.every(id => id !== undefined) ? ids : undefined
  }
  const every = target.by === 'both' || (target.by === 'pronoun' && target.many)
  if (every || (target.by === 'set' && target.query.status === 'all')) return candidates.map(({ id }) => id)
  const kind =
    target.by === 'set' && target.query.status !== 'all' ? withProperty(question, text, clock) : undefined
  if (kind) return kind
  if (target.by !== 'title') return undefined
  const best = leaders(alike(target.words, candidates, question.goal)).filter(
    ({ reason }) => reason !== 'some',
  )
  return best.length === 1 ? best.map(({ task }) => task.id) : undefined
}

/** A request of its own is no answer, unless it is the very title of a candidate ("buy groceries for party"). */
function pick(question: Question, text: Text, context: Context): Goal[] | undefined {
  const exact = byNumber(question, text.norm)
  const reading = readClause(text, context)
  const own = reading && !reading.guess && reading.goal.do !== 'instead'
  const ids = exact ?? (own ? undefined : chosen(question, text, context.clock))
  if (ids && ids.length > 0) return [withTarget(question.goal, ids), ...question.rest]
  if (own || question.candidates.length > 0 || !('target' in question.goal)) return undefined
  const target = readTarget(text)
  const pointed = target.by !== 'title' || !reading
  return pointed && target.by !== 'nothing' ? [{ ...question.goal, target }, ...question.rest] : undefined
}

/** Whether the message asks for something else, even though any text could be a title. */
function isRequest(text: Text, context: Context): boolean {
  const reading = readClause(text, context)
  if (!reading || reading.guess) return false
  const { goal } = reading
  if (goal.do === 'say')
    return goal.topic === 'help' || goal.topic === 'greeting' || goal.topic === 'leftAlone'
  if (goal.do === 'add')
    return goal.details.title !== undefined && /^(?:add|create|new|remind|put)\b/.test(text.norm)
  // "Finish the report" is a good title; "delete task 3" is none.
  return !('target' in goal) || goal.target.by !== 'title' || goal.target.exact
}

const named =
  /^(?:(?:it|that|the title) (?:should|to) (?:be|say) +|(?:call|name|title|rename) (?:it|that)(?: to| as)? +|change (?:it|the title) to +|make it +|to +|as +|title(?: it)?:? +(?:to +|is +)?)(?=\S)/

const titleAnswer = (text: Text) => {
  const rest = slice(text, named.exec(text.norm)?.[0].length ?? 0)
  return isQuoted(rest) ? unquoted(rest) : titleOf(rest)
}

function newTask(question: Question, text: Text, context: Context): Goal[] | undefined {
  if (question.goal.do !== 'add' || isRequest(text, context)) return undefined
  const rest = slice(text, named.exec(text.norm)?.[0].length ?? 0)
  const details = readDetails(rest, context.clock)
  return [{ ...question.goal, details: { ...question.goal.details, ...details } }, ...question.rest]
}

const changed = (question: Question, change: Change): Goal[] | undefined =>
  question.goal.do === 'update'
    ? [
        {
          do: 'update',
          target: question.goal.target,
          change: { ...withoutWrong(question.goal.change), ...change },
        },
        ...question.rest,
      ]
    : undefined

const withoutWrong = ({ wrongDate: _d, wrongRepeat: _r, ...change }: Change): Change => change

function dated(question: Question, text: Text, context: Context): Goal[] | undefined {
  const phrase = text.norm.replace(/^(?:to|make it|it's|it is|set it to|the) +(?!\d{1,2}(?:st|nd|rd|th))/, '')
  const when = readWhen(phrase, context.clock) ?? readWhen(text.norm, context.clock)
  const { goal, rest } = question
  if (goal.do === 'remind') return when && [{ ...goal, at: when.due }, ...rest]
  const repeat = when ? undefined : repeated(question, phrase, context)
  if (repeat) return settled(question, repeat)
  if (!when) return isRequest(text, context) ? undefined : stillWrong(question, text)
  return settled(question, givenDate(when, context.clock))
}

/** The date, or how often, filled into what asked for it. */
function settled(question: Question, date: Change): Goal[] | undefined {
  if (question.goal.do !== 'add') return changed(question, date)
  const { due_date, recurrence, timed } = date
  const details = { ...withoutWrong(question.goal.details), ...(timed ? { timed } : {}) }
  if (due_date) details.due_date = due_date
  if (recurrence) details.recurrence = recurrence
  return [{ ...question.goal, details }, ...question.rest]
}

/** "daily", or "just once", after a repetition that cannot be had. */
function repeated({ goal }: Question, phrase: string, { clock }: Context): Change | undefined {
  const wrong = goal.do === 'add' ? goal.details : goal.do === 'update' ? goal.change : undefined
  if (wrong?.wrongRepeat === undefined) return undefined
  if (
    /^(?:just |only )?(?:once|one time)|^(?:don't|do not|no|not) ?(?:repeat|recur|at all)?$|^never$/.test(
      phrase,
    )
  )
    return {}
  const how = /^(?:every |each )?(?<how>daily|weekly|monthly|day|week|month)$/.exec(phrase)?.groups?.how
  if (!how) return undefined
  const due_date = wrong.due_date ?? readWhen('today', clock)?.due ?? null
  return { recurrence: recurrenceOf(how), due_date }
}

function stillWrong({ goal, rest }: Question, text: Text): Goal[] | undefined {
  const wrongDate = unquoted(text).slice(0, 60)
  if (goal.do === 'add') return [{ ...goal, details: { ...goal.details, wrongDate } }, ...rest]
  return goal.do === 'update' ? [{ ...goal, change: { ...goal.change, wrongDate } }, ...rest] : undefined
}

const prefixed = (prefix: string, text: Text): Text => ({ raw: prefix + text.raw, norm: prefix + text.norm })

const fieldNames: Record<string, 'title' | 'description' | 'due_date' | 'priority'> = {
  ...{ title: 'title', name: 'title', description: 'description', notes: 'description', note: 'description' },
  ...{ 'due date': 'due_date', deadline: 'due_date', date: 'due_date', priority: 'priority' },
}

/** "What should I change?": a field to ask about next, or the change itself in short. */
function anyChange(question: Question, text: Text, context: Context): Goal[] | undefined {
  if (question.goal.do !== 'update') return undefined
  const field = fieldNames[text.norm.replace(/^(?:its|the|change the|change its) /, '')]
  if (field) return [{ ...question.goal, field }, ...question.rest]
  const { target } = question.goal
  if (isRequest(text, context) && !/^(?:rename|make|set|change|due|tag)\b/.test(text.norm)) return undefined
  for (const prefix of ['', 'change its ', 'change the ', 'make it ', 'change it ']) {
    const goals = readClauses(prefixed(prefix, text), context).map(({ reading }) => reading?.goal)
    const updates = goals.filter(goal => goal?.do === 'update' && Object.keys(goal.change).length > 0)
    if (updates.length === goals.length)
      return [
        ...updates.flatMap(goal => (goal?.do === 'update' ? [{ ...goal, target }] : [])),
        ...question.rest,
      ]
  }
  return undefined
}

function level(question: Question, text: Text): Goal[] | undefined {
  const word = /^(?:to +|make it +)?(?<level>high|medium|low|normal|urgent)(?:[ -]priority)?$/.exec(text.norm)
    ?.groups?.level
  return word ? changed(question, { priority: priorityOf(word) }) : undefined
}

export function replyTo(question: Question, message: Text, context: Context): Goal[] | undefined {
  const text = answerText(message)
  if (text.norm === '') return undefined
  switch (question.slot) {
    case 'target':
      return pick(question, text, context)
    case 'title':
      return newTask(question, withoutEnding(message), context)
    case 'newTitle': {
      const title = isRequest(text, context) ? '' : titleAnswer(withoutEnding(message))
      return title === '' ? undefined : changed(question, { title })
    }
    case 'description':
      return isRequest(text, context)
        ? undefined
        : changed(question, { description: clip(unquoted(withoutEnding(message)), 1000) })
    case 'date':
      return dated(question, text, context)
    case 'priority':
      return level(question, text)
    case 'change':
      return anyChange(question, text, context)
    case 'offer':
      return undefined
  }
}
