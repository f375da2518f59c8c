import { onlyDated, shifted, update } from './change-goals.ts'
import type { Goal } from './goal.ts'
import { recurrenceOf } from './repetition.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'
import type { Text } from './text.ts'
import type { Clock } from './zone.ts'

/** English ways to say that a task is due at another time, or that it repeats otherwise. */

const VALUE = '(?<value>.+?)'
const COUNT = '(?:an?|one|two|three|four|five|six|seven|ten|\\d{1,3}|half an|a couple of|a few)'
const UNIT = '(?:minute|min|hour|hr|day|week|month)s?'
const SPAN = `(?<span>${COUNT} (?:more )?${UNIT})`
/** Only what is more than there was moves a date: "I need two days for the report" does not. */
const MORE = `(?<span>(?:another(?: (?:two|three|four|five|few|couple(?: of)?|\\d{1,3}))?|${COUNT} (?:more|extra|additional|other)) ${UNIT})(?: more| extra)?`
const KNOWN = '(?<target>(?:the |my |our |that |task |#|it\\b|this\\b).*?)'
const FINISHED = '(?:done|finished|completed|complete|ready|sorted(?: out)?|over with|out of the way)'
const NO_REPEAT =
  "(?:(?:doesn't|don't|does not|do not|needn't|need not|shouldn't|should not|won't|will not)(?: (?:need|have|want))?(?: to)?|no longer|(?:isn't|aren't|is not|are not) (?:going |supposed |meant )?to|should no longer|need no longer|no longer needs? to)"

const text = (words: string): Text => ({ raw: words, norm: words.toLowerCase() })

/** "everything from tomorrow to Tuesday": those due on the first day move to the second. */
const carriedOver = (slot: Slots, clock: Clock): Goal | undefined => {
  const all = text(`everything due ${slot('day').raw}`)
  return onlyDated(name => (name === 'target' ? all : slot(name)), clock)
}

const askDue = (slot: Slots): Goal => ({
  do: 'update',
  target: readTarget(slot('target')),
  change: {},
  field: 'due_date',
})

const repeating = (slot: Slots): Goal =>
  update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) })

const once = (slot: Slots): Goal => update(readTarget(slot('target')), { recurrence: null })

export const movingRules: Rule[] = [
  request(
    `do (?<target>it|that|this|them) (?<value>(?:on|at|by|next|this|tomorrow|today|tonight|in) ?.*?)`,
    onlyDated,
  ),
  request(
    `(?:i|we)(?:'d)? (?:want|need|like|would like) ${TARGET} to (?:happen|repeat|recur|be|come round|be done)(?: an?)? (?<how>daily|weekly|monthly|every (?:day|week|month))`,
    repeating,
  ),
  request(
    `(?<target>it|that|this|(?:the |my |our |task |#).*?) (?:goes|happens|starts|begins|takes place|falls|comes|opens|leaves|arrives|runs)(?: (?:back|out|off|in|now))* (?<value>(?:on|at|in|by|next|tomorrow|this) ?.+?)`,
    onlyDated,
  ),
  request(
    `${KNOWN} (?:(?:only|just|really|now) )*(?:needs?|wants?|gets?|has to be|should be)(?: (?:it|doing|to be done|done|[a-z]+ing|[a-z]+ed))? (?:(?:only|just|once) )*(?:an? )?(?<how>daily|weekly|monthly|every (?:day|week|month)|(?<=once an? )(?:day|week|month))(?: now)?`,
    repeating,
  ),
  request(`(?<target>(?:task |#)\\d+) ?(?:->|=>|:) ?${VALUE}`, onlyDated),
  request(`${TARGET} ?(?:->|=>) ?${VALUE}`, onlyDated),
  request(
    `${TARGET}: ?(?:move|push|change|set|make|shift)(?: (?:it|this))? (?:to|due|for) ${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:(?:give|get|grant|allow|add|tack on)(?: me| us)?|(?:i|we)(?:'ll|'d| will)? (?:need|want|could (?:use|do with)|have to have)|(?:can|could|may) (?:i|we) (?:get|have)|let me have) ${MORE} (?:for|on|with|to) (?:do |finish |complete )?${TARGET}`,
    shifted,
  ),
  request(
    `(?:i|we)(?:'ll|'d)? (?:need|want|could (?:use|do with)) (?:more|extra|some more|a bit more|a little more) time (?:for|on|with|to do|to finish) ${TARGET}`,
    askDue,
  ),
  request(
    `${KNOWN}(?:'s| is| are| should be| will be| has been moved)(?: now)? (?:due |moved |on )?${SPAN}(?<after> later| earlier)(?: than (?:planned|before|that|expected))?`,
    shifted,
  ),
  request(
    `(?:move|push|shift|re-?schedule|postpone|bump|carry|roll|put off|delay)(?: over)? (?:everything|all(?: (?:of )?(?:the|my) (?:tasks|stuff))?|whatever)(?: (?:that's|that is|i have|i've got|is))?(?: due| planned| scheduled)? (?:from|on|for|due|of) (?<day>.+?)(?: over| back| forward)? (?:to|until|till) ${VALUE}`,
    carriedOver,
  ),
  request(
    `(?:they|he|she|we|i|the [a-z]+|my [a-z]+)(?:'ve|'s|'d| have| has| had)? (?:moved|pushed|brought|changed|re-?scheduled|postponed|shifted|delayed|put) ${TARGET}(?: back| forward| off)? (?:to|until|till|for) ${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:the )?(?:due date|deadline|date) (?:for|of|on) ${TARGET}(?:'s| is| should be| will be| has (?:moved|changed) to| moved to| changed to|:) (?:now |actually )?${VALUE}`,
    onlyDated,
  ),
  request(
    `(?<target>(?!i\\b|what|when|is|the (?:due date|deadline)).+?)(?:'s)? (?:due date|deadline)(?:'s| is| should be| has (?:moved|changed) to| moved to| changed to|:) (?:now |actually )?${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:give|set|put) (?:a |the )?date (?:for|on|to) ${TARGET}(?:,|:| -| to| of| as) ?${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:put|hold|leave|keep|save) ${KNOWN}(?: (?:off|back|over))? (?:until|till|til) ${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:i|we)(?:'d)? (?:want|need|like|must have|have to have|would like) ${TARGET} (?:to be )?${FINISHED} (?<value>(?:by|before|on|for|until) .+?)`,
    onlyDated,
  ),
  request(
    `(?<target>(?:the |my |our |task |#|it\\b|that\\b).*?) (?:needs?|has|have|must|should|ought)(?: to)? (?:be|get) ${FINISHED} (?<value>(?:by|before|on|for|until) .+?)`,
    onlyDated,
  ),
  request(
    `${TARGET} ${NO_REPEAT} (?:repeats?|recurs?|be (?:repeated|repeating|recurring))(?: any ?more| any longer)?`,
    once,
  ),
  request(
    `${TARGET}(?:'s| is| are)(?:n't| not| no longer) (?:a )?(?:daily|weekly|monthly|recurring|repeating)(?: (?:task|thing|one))?(?: any ?more| any longer| now)?`,
    once,
  ),
  request(
    `${KNOWN}(?:'s| is| are| was| should be) (?:just |only |really )*(?:a )?(?:one-?off|one[- ]time(?: (?:thing|task))?|once only)`,
    once,
  ),
  request(
    `(?:make|set|have|let|turn|switch|change|put|move|convert) ${TARGET} (?:repeat |recur |recurring |to repeat |into |as |to |on |(?:from |instead of )(?:daily|weekly|monthly) to |an? )*(?<how>daily|weekly|monthly|every (?:day|week|month))(?: (?:task|one|thing|basis|schedule|repeat))?`,
    repeating,
  ),
]
