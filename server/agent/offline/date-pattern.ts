import { clockWords, counts, dayTimes, holidays, months, nearDays, weekdays } from './day-words.ts'

/** What a date phrase looks like. The groups that matched say how day-reading.ts and time-reading.ts read it. */

const oneOf = (words: object) => {
  const sorted = Object.keys(words).sort((a, b) => b.length - a.length)
  return sorted.map(word => word.replaceAll(' ', ' +')).join('|')
}

const COUNT = `\\d{1,3}|a +couple +of|a +few|${oneOf(counts)}`
const MONTH = `(?:${oneOf(months)})\\.?`
const NTH = '\\d{1,2}(?:st|nd|rd|th)?'
const WEEKDAY = `(?:${oneOf(weekdays)})`
const UNIT = '(?:minute|min|hour|hr|day|week|fortnight|month|year)s?'

// Named alternatives of a day: one of them holds the whole phrase.
const DAY = [
  '(?<iso>\\d{4}[-/]\\d{2}[-/]\\d{2}(?:t\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:z|[+-]\\d{2}:?\\d{2})?)?)',
  `(?:the +)?(?<everyDate>${NTH} +(?:of +)?(?:every|each) +month)`,
  `(?:the +)?(?<nextMonthDay>${NTH} +of +(?:this|next) +month|(?:this|next) +month,? +on +the +${NTH})`,
  `(?:${WEEKDAY},? +)?(?:the +)?(?<dayFirst>${NTH}(?: +of)? +${MONTH}(?:,? +\\d{4})?)`,
  `(?:${WEEKDAY},? +)?(?<monthFirst>${MONTH} +(?:the +)?${NTH}(?:,? +\\d{4})?)`,
  '(?<slashed>\\d{1,2}/\\d{1,2}(?:/\\d{2,4})?|\\d{1,2}(?<dot>[.-])\\d{1,2}\\k<dot>\\d{4})',
  `(?:the +)?(?<ending>(?:very +)?(?:end|start|beginning|middle|last +day|first +day) +of +(?:the +|this +|next +)?(?:day|week|month|year|${MONTH})|mid[ -]${MONTH}|eow|eom|eoy)`,
  `(?<every>(?:on +)?(?:sun|mon|tues|wednes|thurs|fri|satur)days|(?:every|each) +(?:single +)?(?:day|week|month|morning|evening|night|${WEEKDAY}))`,
  `(?<fromDay>(?:${COUNT}) +weeks? +from +(?:today|now|tomorrow|${WEEKDAY}))`,
  `(?<weekday>${WEEKDAY}(?: +(?:of +)?next +week)?|(?:next|this|coming|this +coming) +${WEEKDAY}|next +week,? +(?:on +)?${WEEKDAY})`,
  `(?<near>${oneOf(nearDays)}|this(?= +(?:morning|afternoon|evening|night)))`,
  `(?<ahead>in +(?:half +an +hour|an +hour +and +a +half|(?:${COUNT}) +${UNIT}(?: +time)?)|(?:${COUNT}) +${UNIT} +(?:from +(?:now|today)|later|hence)|\\d{1,3} +(?:din|hafte|maheene|mahine|ghante) +(?:baad|mein)|\\d{1,3} +(?:دن|ہفتے|مہینے|گھنٹے) +(?:بعد|میں))`,
  '(?<nextUnit>next +(?:week|month|year)|(?:later +|sometime +)?this +(?:week(?:end)?|month)|the +weekend|next +weekend|agle +(?:hafte|maheene|mahine)|اگلے +(?:ہفتے|مہینے))',
  `(?<holiday>${oneOf(holidays)})`,
  '(?:the +)(?<dayOfMonth>\\d{1,2}(?:st|nd|rd|th))',
].join('|')

const HOUR = `(?:\\d{1,2}|${oneOf(clockWords)})`
const URDU_TIME =
  '(?:(?:subah|dopahar|shaam|raat|صبح|دوپہر|شام|رات) +(?:(?:ko|کو|ke|کے) +)?)?\\d{1,2}(?::\\d{2})? *(?:baje|bajay|بجے)'
const CLOCK_TIME = [
  `(?:half|quarter|five|ten|twenty|twenty[ -]five|\\d{1,2})(?: +minutes?)? +(?:past|after|to|till) +${HOUR}(?: *(?:am|pm|a\\.m\\.|p\\.m\\.))?`,
  `${HOUR}(?:[:.]\\d{2})? *(?:am|pm|a\\.m\\.?|p\\.m\\.?)(?![a-z])`,
  `${HOUR} *o'?clock`,
  `${HOUR}(?= +(?:in +the +(?:morning|afternoon|evening)|at +night))`,
  URDU_TIME,
  '\\d{1,2}:\\d{2}',
  '\\d{1,2}h(?:\\d{2})?(?![a-z\\d])',
].join('|')
const HALF = '(?: +(?:in +the +|at +)(?<half>morning|afternoon|evening|night))?'

/** A time of day: "5 PM", "at 5", "noon". What must lead a bare part of the day depends on where it stands. */
const time = (partLead: string, bareLead: string) =>
  `(?:(?:(?:at|by|@|around|about|before|from) *)?(?<time>${CLOCK_TIME})${HALF}` +
  `|(?:${bareLead}) *(?<timeBare>${HOUR}(?!\\d)|[012]\\d[0-5]\\d)(?! *(?:[/%-]|\\d|[a-z]*(?:minutes?|hours?|days?|weeks?|months?|times)))${HALF}` +
  `|${partLead}(?<timePart>${oneOf(dayTimes)}))`

const PREPOSITION =
  '(?:(?:(?:it +)?(?:is|are|was) +|that is +|to be +|with +(?:a +|the +)?)?due(?: +date)?(?: +of)?(?: +(?:by|on|at|in|is|before|for))?:?|no +later +than|by|on|before|until|till|for|at|from|starting|(?:with +(?:a +|the +)?)?deadline(?: +of| +on| +is)?:?)'

const LEAD = '(?:(?<lead>eod|cob|end +of +(?:the +)?day|first +thing|later|late|early)(?: +on)? +)?'
const AFTER_DAY = time('(?:(?:in +the +|at +|by +|before +)?)', 'at|@|by|before|around')

/** Two orders: the day and then its time, or the time and then its day. */
const body = (alonePart: string) =>
  `(?:${LEAD}(?:${DAY})(?:,? +${AFTER_DAY})?|(?<alone>eod|cob)|${time(alonePart, 'at|@')}(?:,? +(?:on +)?(?:${DAY}))?)`

/** Urdu says it behind: "30 November tak". */
const POSTPOSITION = '(?:tak|ko|ke +liye|تک|کو|کے +لیے)'

export const wholeDate = new RegExp(
  `^(?:${PREPOSITION} +)?${body('(?:in +the +|at +|by +)?')}(?: +${POSTPOSITION})?$`,
)

export const dateAnywhere = new RegExp(
  `(?<![\\p{L}\\p{N}#'/])(?:(?<preposition>${PREPOSITION}) +)?${body('(?:in +the +|at +|(?=noon|midday|midnight))')}(?: +(?<postposition>${POSTPOSITION}))?(?![\\p{L}\\p{N}])`,
  'gu',
)

/** Without one of these there is no date, and no need to look for one. */
export const dateHint = new RegExp(
  `\\d|eod|cob|eow|eom|eoy|week|month|year|day|hour|minute|morning|afternoon|evening|night|past|clock|next|اگلے|agle|${oneOf({ ...weekdays, ...months, ...nearDays, ...dayTimes, ...holidays })}|(?:at|@) *(?:${oneOf(clockWords)})`,
  'u',
)
