import type { Goal, Query } from './goal.ts'
import { foreignSubjects, pastVerbs } from './lexicon-en.ts'
import { readQuery } from './query.ts'
import { guess, type Rule, request, rule, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'
import { slice, type Text, unquoted } from './text.ts'
import type { Clock } from './zone.ts'

/** English questions: lists, counts, searches, the state of one task, who one is. */

export const taskNoun =
  /(?:^|[^\p{L}])(?:tasks?|to-?dos?|todo list|lists?|items?|reminders?|agenda|plate|chores?|everything|kaam|کام|ٹاسک|فہرست)(?![\p{L}])/u

const quotedWords = (text: Text) => {
  const match = /"\uE000+"/.exec(text.norm)
  return match ? unquoted(slice(text, match.index, match.index + match[0].length)) : ''
}

const listGoal = (query: Query): Goal => ({
  do: 'list',
  query: query.due || query.span ? query : { status: 'all', ...query },
})

/** A list, or a search when words are left that no filter explains. */
export function listOrFind(text: Text, clock: Clock, mustBeAsked: boolean): Goal | undefined {
  const { query, words, filtered } = readQuery(text, clock)
  const search = quotedWords(text) || words.join(' ')
  const about = taskNoun.test(text.norm)
  if (!about && foreignSubjects.test(text.norm)) return undefined
  if (search === '') return about || filtered ? listGoal(query) : undefined
  if (mustBeAsked && !about) return undefined
  if (search.length > 200) return undefined
  return filtered ? listGoal({ ...query, search }) : { do: 'find', words: search }
}

const HEAD =
  '(?:show|list|display|view|see|give|get|print|read|read out|tell|pull up|open|fetch|bring up|go through|summari[sz]e|review|' +
  "what|what's|whats|which|do i have|have i got|do we have|are there|is there|any|got any|let me see|let me know|i want (?:a list|my list|the list|to see)|sort|order|arrange|filter)"

const list = (slot: Slots, clock: Clock) => listOrFind(slot('all'), clock, true)

const counted = (slot: Slots, clock: Clock): Goal | undefined => {
  const goal = listOrFind(slot('all'), clock, false)
  if (goal?.do === 'find') return { do: 'list', query: { status: 'all', search: goal.words, counted: true } }
  return goal?.do === 'list' ? { ...goal, query: { ...goal.query, counted: true } } : undefined
}

const find = (slot: Slots, clock: Clock): Goal | undefined => {
  const goal = listOrFind(slot('rest'), clock, false)
  return goal ?? { do: 'say', topic: 'unknown' }
}

const owned = (slot: Slots, clock: Clock): Goal | undefined => {
  const { query, words, filtered } = readQuery(slot('all'), clock)
  const search = quotedWords(slot('all')) || words.join(' ')
  if (search === '') return { do: 'list', query: { status: 'pending', ...query } }
  return filtered ? listGoal({ ...query, search }) : { do: 'find', words: search.slice(0, 200) }
}

const status =
  (about: 'done' | 'due' | 'all') =>
  (slot: Slots): Goal => ({ do: 'status', target: readTarget(slot('target')), about })

const verbStatus = (slot: Slots): Goal => {
  const verb = pastVerbs[slot('verb').norm] ?? slot('verb').norm
  const words = `${verb} ${slot('target').raw}`.slice(0, 400)
  return { do: 'status', target: { by: 'title', words, exact: false }, about: 'done' }
}

const NUMBERED =
  '(?<target>(?:the )?(?:task |#|task #|task number )\\d{1,10}|it|that one|that task|this task|the (?:first|second|third|last) (?:one|task))'

export const askRules: Rule[] = [
  request(
    "(?:who am i|what(?:'s| is) my (?:e-?mail|e-?mail address|account|name|user ?name|login|user id)|which account (?:is this|am i (?:using|on|in))|am i (?:logged|signed) in(?: as .*)?|who is (?:logged|signed) in|whoami|tell me who i am|(?:show|tell) me my (?:account|profile|e-?mail|user id))",
    () => ({ do: 'whoami' }),
  ),
  request(
    `(?:did|have|had) (?:i|we) (?:already |ever |yet )*(?:finish|finished|complete|completed|do|done|get done|check off|checked off)(?: with)? (?!today|yesterday|this|last)${TARGET}`,
    status('done'),
  ),
  request(
    `(?:did|have) (?:i|we) (?:already |ever )*(?<verb>(?!add|create|miss|have|make|forget)[a-z]+) (?!today|yesterday|this|last)${TARGET}`,
    verbStatus,
  ),
  request(
    `did you (?:really |already )*(?:delete|remove|complete|finish|update|add|change) ${TARGET}`,
    status('done'),
  ),
  request(
    `(?:is|are|was|were) ${TARGET} (?:already |still |now )*(?:done|complete|completed|finished|pending|open|overdue|incomplete|checked off)`,
    status('done'),
  ),
  request(
    `(?:i|we) (?:haven't|have not|didn't|did not) (?:yet )?(?:finish|finished|complete|completed|do|done) ${TARGET}`,
    status('done'),
  ),
  request(`when (?:is|are|was) ${TARGET} due`, status('due')),
  request(`(?:what(?:'s| is) )?(?:the )?(?:due date|deadline) (?:of|for|on) ${TARGET}`, status('due')),
  request(
    `(?:what(?:'s| is) |tell me |check |show me |show )?(?:the )?(?:status|state|progress|priority|details?|description|info|information) (?:of|for|on|about) ${TARGET}`,
    status('all'),
  ),
  request(`(?:and )?(?:what|how) about ${NUMBERED}`, status('all')),
  request(`how(?:'s| is| about) ${TARGET} (?:going|coming along|doing)`, status('all')),
  request(
    `(?:show|show me|tell me about|tell me more about|view|open|display|read|get|describe|check|look at|what(?:'s| is)|see|details of) ${NUMBERED}`,
    status('all'),
  ),
  rule('(?<all>how (?:many|much) .+)', counted),
  rule('(?<all>(?:count|number of) (?:of )?.+)', counted),
  rule(
    '(?:what do (?:i|we) (?:need|have|want) to (?!do\\b)|do i (?:need|have) to |what (?:should|must) i (?!do\\b))(?<all>.+)',
    owned,
  ),
  rule(
    '(?<all>what (?:meetings|appointments|calls|errands|bills|events|deadlines) .+|do i have (?:any |a |an )?.+|have i got .+)',
    owned,
  ),
  rule(
    "(?:what(?:'s| is) (?:next|up next|left|new|due|on|happening)(?: for me)?|what now|what(?:'s| is) on today)",
    (_slot, clock) => {
      const all = { raw: 'pending tasks', norm: 'pending tasks' }
      return listOrFind(all, clock, false)
    },
  ),
  rule(
    "(?:find|search|search for|look for|look up|locate|search my (?:tasks|list) for|find me|hunt for|where(?:'s| is)) (?<rest>.+)",
    find,
  ),
  rule(
    '(?<rest>(?:tasks|todos|to-dos|reminders|items|anything|something|everything) (?:about|with|containing|for|related to|mentioning|regarding|named|called|tagged) .+)',
    find,
  ),
  rule(`(?<all>${HEAD}(?: .*)?)`, list),
]

/** Terse forms that are nothing but filters: "pending tasks", "overdue", "my list". */
export const terseRules: Rule[] = [
  rule(
    '(?:(?:list|show)(?: them| all| me)*|(?:my |the |all )*(?:tasks|to-?dos|todo list|to-?do list|task list|list))',
    () => ({ do: 'list', query: { status: 'all' } }),
  ),
  guess('(?<all>.{1,80})', (slot, clock) => {
    const { query, words, filtered } = readQuery(slot('all'), clock)
    if (words.length > 0 || quotedWords(slot('all'))) return undefined
    return filtered || /\b(?:tasks|todos|to-dos|list)\b/.test(slot('all').norm) ? listGoal(query) : undefined
  }),
]
