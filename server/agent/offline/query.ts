import { findWhen, type When } from './dates.ts'
import { counts } from './day-words.ts'
import type { Query } from './goal.ts'
import type { Text } from './text.ts'
import { type Clock, instantOf, plusDays, plusMonths, wallOf, weekdayOf } from './zone.ts'

/** Reads the filters out of a question about the list; the words nothing explains are searched for. */

type Filter = [pattern: RegExp, set: (query: Query, match: RegExpExecArray) => void]

// Order matters: "not done" before "done", "due today" before "today".
const filters: Filter[] = [
  [
    /,? *\b(?:done|finished|completed?|ticked off)(?:,)? (?:or|and) (?:not|un(?:done|finished)|otherwise|(?:still )?(?:open|pending|to do))\b|\b(?:whether|regardless).*$/,
    query => {
      query.status = 'all'
    },
  ],
  [
    /\b(?:(?:(?:need|have|got|want) to )?get done(?! (?:today|this))|not (?:yet )?(?:done|finished|completed?)|(?:haven't|have not|didn't|did not) (?:yet )?(?:do|done|finish|finished|completed?)|incomplete|unfinished|uncompleted|undone)\b/,
    query => {
      query.status = 'pending'
    },
  ],
  [
    /\b(?:pending|reh ga(?:ya|ye|yi|e)|left(?: to do)?|to do(?! list)|remaining|remain|outstanding|open|still|to go|need(?:s)? to (?:be done|do)|have to do|should i do|active|baqi|baki|bacha|rehta|rehte)\b|رہ گ(?:ئے|یا|ئی)|باقی|بقیہ|زیر التوا/,
    query => {
      query.status ??= 'pending'
    },
  ],
  [
    /\b(?:completed?|done|finish(?:ed)?|ticked off|checked off|accomplish(?:ed)?|closed|mukammal|khatam|ho gaye|ho gaya|ho chuk[aeiy]+|ho gayi|kar (?:liye|liya|chuk[aeiy]+|diye))\b|مکمل|ختم|ہو گئے|ہو گیا|ہو چکے|ہو چکا|کر چکا|کر لیے/,
    query => {
      query.status ??= 'completed'
    },
  ],
  [
    /\b(?:overdue|past due|late|missed)\b|\bdeadline passed\b/,
    query => {
      query.due = 'overdue'
    },
  ],
  [
    /\b(?:sort(?:ed)?|order(?:ed)?|arrange(?:d)?|group(?:ed)?)?(?: them| it| my tasks| tasks)? ?\bby (?:the |their )?(?<key>due dates?|deadlines?|due|dates?|priority|priorities|importance|urgency|titles?|names?|alphabet|created|creation(?: date)?|age|newest|oldest)(?: first)?\b|\b(?<word>newest|oldest|latest|alphabetical(?:ly)?)(?: tasks?)? (?:first|order)\b|\b(?:in )?(?<alpha>alphabetical)(?: order)?\b/,
    (query, match) => {
      const key = match.groups?.key ?? match.groups?.word ?? match.groups?.alpha ?? ''
      query.sort = sortOf(key)
      if (key === 'oldest') query.order = 'asc'
    },
  ],
  [
    /\b(?:most )?(?:important|urgent)(?: (?:ones|tasks))? (?:first|at the top)\b|\bby (?:importance|urgency)\b/,
    query => {
      query.sort = 'priority'
    },
  ],
  [
    /\b(?<level>high|highest|top|medium|normal|low|lowest)[ -]?priorit(?:y|ies)\b|\bpriority:? (?<value>high|medium|low)\b|\b(?<urgent>urgent|important)\b/,
    (query, match) => {
      const level = match.groups?.level ?? match.groups?.value ?? 'high'
      query.priority = level.startsWith('low') ? 'low' : /^(?:med|nor)/.test(level) ? 'medium' : 'high'
    },
  ],
  [
    /(?:\btag(?:ged|s)?(?: as| with)? |\blabel(?:led|ed)?(?: as| with)? )["#]?(?<tag>[\p{L}\p{N}_-]{1,20})"?|#(?<hash>[\p{L}\p{N}_-]{1,20})(?: tag)?/u,
    (query, match) => {
      query.tag = match.groups?.tag ?? match.groups?.hash ?? ''
    },
  ],
]

function sortOf(key: string): NonNullable<Query['sort']> {
  if (/priorit|importance|urgency/.test(key)) return 'priority'
  if (/title|name|alpha/.test(key)) return 'title'
  return /creat|age|newest|latest|oldest/.test(key) ? 'created_at' : 'due_date'
}

const descending = /\b(?:descending|desc|reverse(?:d)?)\b/
const ascending = /\b(?:ascending|asc)\b/
const firstFew = /\b(?:top|first|next|latest|last) (?<count>\d{1,2})\b/
const past =
  /\b(?:did|added?|created?|made|finish(?:ed)?|completed?|(?<!get )done|was|were|have i(?! got)|i've)\b/
const periods = /\b(?<which>this|last|past|next) (?<unit>week|month)\b/
const upcoming = /\b(?:upcoming|coming up|due soon|soon|coming)\b/

/** "this week", "last month" as whole calendar weeks (from Monday) and months. */
function periodOf(which: string, unit: string, clock: Clock) {
  const today = { ...wallOf(clock.now, clock.timeZone), hour: 0, minute: 0 }
  const shift = which === 'this' ? 0 : which === 'next' ? 1 : -1
  const start =
    unit === 'week'
      ? plusDays(today, 7 * shift - ((weekdayOf(today) + 6) % 7))
      : plusMonths({ ...today, day: 1 }, shift)
  const end = unit === 'week' ? plusDays(start, 7) : plusMonths(start, 1)
  const iso = (wall: typeof start) => instantOf(wall, clock.timeZone).toISOString()
  return { from: iso(start), to: iso(end) }
}

const spanField = (norm: string): 'createdAt' | 'completedAt' | 'dueAt' => {
  if (!past.test(norm) || /\bdue\b/.test(norm)) return 'dueAt'
  return /\b(?:add|creat|made|make|new)/.test(norm) ? 'createdAt' : 'completedAt'
}

/** "due by Friday" is everything until then, "before Friday" without that day. */
function spanOf(
  phrase: string,
  at: NonNullable<Query['span']>['at'],
  { from, to }: Pick<When, 'from' | 'to'>,
) {
  const until =
    at === 'dueAt'
      ? /^(?:(?:is |are )?due )?(?<kind>by|before|until|till)\b/.exec(phrase)?.groups?.kind
      : undefined
  if (!until) return { from, to }
  return { from: new Date(0).toISOString(), to: until === 'before' ? from : to }
}

/** "in the next three days", counted from now. */
const ahead =
  /\b(?:in|within|over|during|for)? ?(?:the )?(?:next|coming) (?<count>\d{1,2}|two|three|four|five|six|seven|ten|couple of|few) (?<unit>day|week)s\b/

function takeAhead(norm: string, query: Query, clock: Clock): string {
  const match = ahead.exec(norm)
  const { count = '', unit } = match?.groups ?? {}
  if (!match) return norm
  const amount = count === 'few' ? 3 : count === 'couple of' ? 2 : (counts[count] ?? Number(count))
  const today = { ...wallOf(clock.now, clock.timeZone), hour: 0, minute: 0 }
  const end = plusDays(today, amount * (unit === 'week' ? 7 : 1) + 1)
  const iso = (wall: typeof today) => instantOf(wall, clock.timeZone).toISOString()
  query.span = { at: 'dueAt', from: iso(today), to: iso(end), words: match[0].trim() }
  return norm.replace(match[0], ' ')
}

/** Takes a day or period out of the question and asks for the tasks that fall into it. */
function takeSpan(text: Text, query: Query, clock: Clock): string {
  const norm = takeAhead(text.norm.slice(0, 500), query, clock)
  if (query.span) return norm
  const period = periods.exec(norm)
  const at = spanField(norm)
  if (period?.groups) {
    const { which = 'this', unit = 'week' } = period.groups
    query.span = {
      at,
      ...periodOf(which, unit, clock),
      words: text.raw.slice(period.index, period.index + period[0].length),
    }
    return norm.replace(period[0], ' ')
  }
  const found = findWhen(norm, clock)
  if (!found?.when) return norm
  const words = text.raw.slice(found.start, found.end).replace(/^(?:(?:due|on|for) +)+/i, '')
  if (at === 'dueAt' && /^(?:today|aaj|آج)$/i.test(words)) query.due = 'today'
  else query.span = { at, ...spanOf(text.norm.slice(found.start, found.end), at, found.when), words }
  return `${norm.slice(0, found.start)} ${norm.slice(found.end)}`
}

const noise = new Set(
  (
    'a an the my our your me i we us you it its is are was were be been am do does did have has had having got get ' +
    'any some all every each of on in at to for from with about and or that which what whats who how many much there ' +
    'task tasks todo todos to-do to-dos item items list lists reminder reminders thing things stuff chores agenda plate ' +
    'everything anything something one ones only just please now currently so far yet already right still ' +
    'there here karna karni karne kuch really very actually quite much lot ahead moment kaunse kaunsa kaunsi konse konsa ab abhi sa si show list display view see give print read tell check look find search open pull up out let know view ' +
    'can could would will should may might want need like again over by me them those these this ' +
    'due date dates deadline deadlines priority priorities status tag tags tagged sorted sort order ordered first ' +
    "i've i'm ive that's there's zara " +
    'most give me gimme lemme planned scheduled current entire whole full complete overview summary count number total add added create created made make ' +
    'else other others own today not no go ' +
    'mujhe mere mera meri saare sare sab kaam kaun kon se mein liye kya apne apni apna hain hai dikhao dikhaen dikhayen dikhaein dikha do batao ' +
    'bata ki ka ke ko jo kitne kitni list karo abhi tamam sirf ' +
    'مجھے میرے میرا میری سارے سب کام کون سے کیا اپنے اپنی اپنا ہیں ہے دکھاؤ دکھائیں دکھا دو بتاؤ بتائیں کی کا کے کو جو کتنے کتنا کونسا کونسے کرنا کرنی کرنے کچھ میں لیے ابھی اب فہرست تمام صرف ٹاسک'
  ).split(' '),
)

const leftover = (norm: string) =>
  (norm.match(/[\p{L}\p{M}\p{N}_'-]+/gu) ?? []).filter(
    word => /[\p{L}\p{N}]/u.test(word) && !noise.has(word.replace(/'s$/, '')) && word !== 's',
  )

export interface ReadQuery {
  query: Query
  /** Words that no filter explains. */
  words: string[]
  /** Whether anything in the question was a filter. */
  filtered: boolean
}

const guided = /^(?:run|talk|take|walk) (?:me|us) through\b/

export function readQuery(text: Text, clock: Clock): ReadQuery {
  const query: Query = {}
  let norm = takeSpan(text, query, clock).replace(guided, '')
  for (const [pattern, set] of filters) {
    const match = pattern.exec(norm)
    if (!match) continue
    set(query, match)
    norm = `${norm.slice(0, match.index)} ${norm.slice(match.index + match[0].length)}`
  }
  if (upcoming.test(norm) && !query.span) query.due ??= 'upcoming'
  if (descending.test(norm)) query.order = 'desc'
  if (ascending.test(norm)) query.order = 'asc'
  const few = Number(firstFew.exec(norm)?.groups?.count)
  if (few > 0 && few <= 50) query.limit = few
  norm = norm.replace(upcoming, ' ').replace(descending, ' ').replace(ascending, ' ').replace(firstFew, ' ')
  const filtered = Object.keys(query).length > 0
  if (query.span?.at === 'completedAt') query.status = 'completed'
  if (query.span?.at === 'createdAt') query.status = 'all'
  return { query, words: leftover(norm), filtered }
}
