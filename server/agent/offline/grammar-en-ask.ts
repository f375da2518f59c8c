import type { Goal, Query } from './goal.ts'
import { foreignSubjects, pastVerbs } from './lexicon-en.ts'
import { readQuery } from './query.ts'
import { guess, type Rule, request, rule, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'
import { isVisible, slice, type Text, unquoted } from './text.ts'
import type { Clock } from './zone.ts'

/** English questions: lists, counts, searches, the state of one task, who one is. */

export const taskNoun =
  /(?:^|[^\p{L}])(?:tasks?|to-?dos?|todo list|lists?|items?|reminders?|agenda|plate|chores?|everything|the (?:whole )?lot|kaam|کام|ٹاسک|فہرست)(?![\p{L}])/u

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
  const given = quotedWords(text) || words.join(' ')
  const search = isVisible(given) ? given : ''
  const about = taskNoun.test(text.norm)
  if (!about && foreignSubjects.test(text.norm)) return undefined
  if (search === '') return about || filtered ? listGoal(query) : undefined
  if (mustBeAsked && !about) return undefined
  if (search.length > 200) return undefined
  return filtered ? listGoal({ ...query, search }) : { do: 'find', words: search }
}

const HEAD =
  '(?:show|list|display|view|see|give|get(?! rid|.* off )|print|read|read out|tell|run (?:me|us) through|talk (?:me|us) through|take (?:me|us) through|walk (?:me|us) through|go over|look at|pull up|open|fetch|bring up|go through|summari[sz]e|review|' +
  "what|what's|whats|which|do i have|have i got|do we have|are there|is there|any|got any|let me see|let me know|i (?:only |just |really )*want (?:a list|my list|the list|to see)|sort|order|arrange|filter)"

const list = (slot: Slots, clock: Clock) => listOrFind(slot('all'), clock, true)

const counted = (slot: Slots, clock: Clock): Goal | undefined => {
  const goal = listOrFind(slot('all'), clock, false)
  if (goal?.do === 'find') return { do: 'list', query: { status: 'all', search: goal.words, counted: true } }
  return goal?.do === 'list' ? { ...goal, query: { ...goal.query, counted: true } } : undefined
}

export const find = (slot: Slots, clock: Clock): Goal | undefined => {
  const goal = listOrFind(slot('rest'), clock, false)
  return goal ?? { do: 'say', topic: 'unknown' }
}

/** "what's on for tomorrow": what is due then; without a day, what is left. */
const planned = (slot: Slots, clock: Clock): Goal | undefined => {
  const when = slot('when').norm === '' ? slice({ raw: 'today', norm: 'today' }, 0) : slot('when')
  const goal = listOrFind({ raw: `tasks due ${when.raw}`, norm: `tasks due ${when.norm}` }, clock, false)
  return goal?.do === 'list' && (goal.query.span || goal.query.due) ? goal : undefined
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

/** "the weather" is nobody's task. */
const owning = (about: 'due' | 'all') => (slot: Slots) =>
  foreignSubjects.test(slot('target').norm) ? undefined : status(about)(slot)

const verbStatus = (slot: Slots): Goal => {
  const verb = pastVerbs[slot('verb').norm] ?? slot('verb').norm
  const words = `${verb} ${slot('target').raw}`.slice(0, 400)
  return { do: 'status', target: { by: 'title', words, exact: false }, about: 'done' }
}

const NUMBERED =
  '(?<target>(?:the )?(?:task |#|task #|task number )\\d{1,10}|it|that one|that task|this task|the (?:first|second|third|last) (?:one|task))'

export const whoRules: Rule[] = [
  request(
    "(?:who am i|what(?:'s| is) my (?:e-?mail|e-?mail address|account|name|user ?name|login|user id)|which account (?:is this|am i (?:using|on|in|signed in (?:with|as|to)|logged in (?:with|as|to)))|am i (?:logged|signed) in(?: as .*)?|who is (?:logged|signed) in|whoami|tell me who i am|(?:show|tell) me my (?:account|profile|e-?mail|user id))",
    () => ({ do: 'whoami' }),
  ),
  request(
    `(?:did|have|had) (?:i|we) (?:already |ever |yet )*(?:finish|finished|complete|completed|do|done|get done|check off|checked off)(?: with)? (?!today|yesterday|this|last)${TARGET}`,
    status('done'),
  ),
]

export const askRules: Rule[] = [
  request(
    `(?:did|have) (?:i|we) (?:already |ever )*(?<verb>(?!add|create|miss|have|make|forget|got|remember)[a-z]+) (?!today|yesterday|this|last)${TARGET}`,
    verbStatus,
  ),
  request(
    `did you (?:really |already )*(?:delete|remove|complete|finish|update|add|change) ${TARGET}`,
    status('done'),
  ),
  request(
    `(?:is|are|was|were) ${TARGET} (?:already |still |now |not |yet )*(?:done|complete|completed|finished|pending|open|overdue|incomplete|checked off|sorted(?: out)?|dealt with|taken care of)`,
    status('done'),
  ),
  request(
    `(?:i|we) (?:haven't|have not|didn't|did not) (?:yet |actually |really |quite |even |fully )*(?:finish|finished|complete|completed|do|done) ${TARGET}`,
    status('done'),
  ),
  request(
    `(?:i|we) (?:haven't|have not|didn't|did not) (?:yet |actually |even )?(?<verb>${Object.keys(pastVerbs).join('|')}|${Object.values(pastVerbs).join('|')}) ${TARGET}`,
    verbStatus,
  ),
  request(
    `(?:have|has|were|was|are|is|did) (?!it\\b|there\\b|anything|something|you\\b|he\\b|she\\b|they\\b)${TARGET} (?:been |get |got )?(?:already |yet )?(?<verb>${Object.keys(pastVerbs).join('|')})`,
    verbStatus,
  ),
  request(
    `(?:did|has|have) ${TARGET} (?:get|got|gotten|been) (?:done|finished|completed|sorted|ticked off)`,
    status('done'),
  ),
  request(
    `(?:when|what (?:day|time|date)|how long ago) did (?:i|we) (?:last )?(?:finish|complete|do|get done with|tick off|check off|mark) ${TARGET}(?: as (?:done|complete))?`,
    status('done'),
  ),
  request(
    `(?:when|what (?:day|time|date)|how long ago) did (?:i|we) (?:last )?(?<verb>(?!add|create|make|have|get|set)[a-z]+) ${TARGET}`,
    verbStatus,
  ),
  request(`when (?:is|are|was) ${TARGET} due`, status('due')),
  request(
    `(?:by )?when (?:does|do|must|should|will) (?!i\\b|we\\b|you\\b)${TARGET} (?:(?:need|have)(?: to)?(?: be| get)? [a-z]+|be [a-z]+|fall due|end|start|happen|take place)(?: by)?`,
    status('due'),
  ),
  request(
    `is (?!it\\b|there\\b|that\\b|this\\b|today|tomorrow)(?:the |my )?${TARGET} (?:on |due |for |set for |still on for )*(?:today|tomorrow|tonight|(?:this|next) week|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)`,
    owning('due'),
  ),
  request(
    `(?:by )?when (?:do|should|must|am) i (?:have to |need to |got to |meant to |supposed to )*(?!do\\b)${TARGET}(?: by)?`,
    owning('due'),
  ),
  request(
    `(?:when(?:'s| is| are)|what time(?:'s| is)|what day(?:'s| is)|when do i have) (?:the |my )${TARGET}(?: (?:at|on|happening|again|scheduled))?`,
    owning('due'),
  ),
  request(
    `tell me (?:more )?about (?!tasks|list|to-?dos|my tasks|you\\b|yourself|colloquy)(?:the |my )?${TARGET}`,
    owning('all'),
  ),
  request(
    `what does (?:the |my )?${TARGET}(?: task)? (?:say|involve|mean|contain|include|need)`,
    owning('all'),
  ),
  request(`what(?:'s| is) in (?:the |my )${TARGET}(?: task)`, owning('all')),
  request(`how(?:'s| is) it going with ${TARGET}`, status('all')),
  request(
    `(?:where|how far) (?:are|am) (?:we|i) (?:with|on|at with) (?!my list|my tasks|the list|things)${TARGET}`,
    status('all'),
  ),
  rule(
    '(?:put|move|show|list|give|sort)(?: me)? (?:the )?(?:most )?(?:important|urgent|high[- ]priority) (?:stuff|things|ones|tasks|items)(?: (?:first|at the top|on top|up top|to the top))+',
    () => ({ do: 'list', query: { status: 'pending', sort: 'priority' } }),
  ),
  request(
    "what(?:'s| is| was) (?:the )?(?:last|latest|newest|most recent) (?:thing|task|one|item|to-?do)(?: (?:that )?(?:i|you) (?:just )?(?:added|created|made))?",
    () => ({
      do: 'list',
      query: { status: 'all', sort: 'created_at', order: 'desc', limit: 1 },
    }),
  ),
  request(`(?:what(?:'s| is) )?(?:the )?(?:due date|deadline) (?:of|for|on) ${TARGET}`, status('due')),
  request(
    `(?:what(?:'s| is) |tell me |check |show me |show )?(?:the )?(?:status|state|progress|priority|details?|description|notes?|info|information) (?:of|for|on|about) ${TARGET}`,
    status('all'),
  ),
  request(`(?:and )?(?:what|how) about ${NUMBERED}`, status('all')),
  request(`how(?:'s| is| about) ${TARGET} (?:going|coming along|doing)`, status('all')),
  request(
    `(?:show|show me|tell me about|tell me more about|view|open|display|read|get|describe|check|look at|what(?:'s| is)|see|details of) ${NUMBERED}`,
    status('all'),
  ),
  rule(
    "(?:what(?:'s| is| does)? (?:my (?:day|schedule|week|agenda)|the (?:plan|schedule|agenda))(?: look(?:ing)?)?(?: like)?|what am i supposed to (?:do|be doing)|what(?:'s| is) (?:on|planned|scheduled|up|coming up|happening|lined up)(?: for me)?(?: on| for)?|what do i have (?:planned|going on|on|to do)|what have i got(?: on)?|how does my (?:day|week) look)(?<when> .+)?",
    planned,
  ),
  rule(
    "(?:what|how)(?: does| do| is| are|'s) (?<when>today|tomorrow|(?:this|next) (?:week|weekend|month)|the (?:week|weekend)|(?:mon|tues|wednes|thurs|fri|satur|sun)day) (?:look|looking|shaping up|shape up)(?: like)?(?: for me)?",
    planned,
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
  request(
    "(?:what(?:'s| is) (?:next|up next|left|new|due|on|happening)(?: for me)?(?: on (?:the|my) (?:agenda|list|pile|cards|menu|to-?do list))?|what now|what(?:'s| is) on today|(?:so )?what (?:do|have) i (?:have|got)(?: left| there| here)?)",
    (_slot, clock) => {
      const all = { raw: 'pending tasks', norm: 'pending tasks' }
      return listOrFind(all, clock, false)
    },
  ),
  rule(
    '(?:what (?:should|shall|do|must|can) i (?:do|work on|start(?: with)?|tackle|focus on)(?: next| first| now)?|what to do(?: next| first| now)?|which (?:one|task) (?:should|do) i (?:do|start|start with|tackle)(?: next| first)?)',
    () => ({ do: 'list', query: { status: 'pending', sort: 'due_date' } }),
  ),
  rule(
    "(?:find|search|search for|look for|look up|locate|search my (?:tasks|list) for|find me|hunt for|where(?:'s| is)) (?<rest>.+)",
    find,
  ),
  rule(
    '(?<rest>(?:tasks|todos|to-dos|reminders|items|anything|something|everything) (?:about|with|containing|for|related to|mentioning|regarding|named|called|tagged) .+)',
    find,
  ),
  rule(
    '(?:is|are) there (?:already )?(?:anything|something|any(?: tasks?| to-?dos?)?|an?(?: task| to-?do)?)(?: on my list)? (?:about|for|with|on|related to|called|regarding|like) (?<rest>.+)',
    find,
  ),
  rule(
    `(?:(?:just|only) )?(?:show|list|give|see|view|display|pull up|bring up|get)(?: me| us)?(?: just| only| all)*(?: (?:the|my|our))? (?<rest>(?!rid\\b)[^ ]+(?: [^ ]+)?) (?:stuff|things|bits|jobs|ones|errands|related (?:stuff|things))`,
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
