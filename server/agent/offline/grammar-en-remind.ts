import { readWhen } from './dates.ts'
import { counts } from './day-words.ts'
import { readDetails } from './details.ts'
import type { Goal } from './goal.ts'
import { listOrFind } from './grammar-en-ask.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'
import { slice, type Text } from './text.ts'
import type { Clock } from './zone.ts'

/** English requests about reminders; what they come to without the tools for them is `orElse`. */

const SPAN = '(?<span>(?:an?|half an|one|two|three|four|five|ten|\\d{1,3}) (?:minute|min|hour|hr|day|week)s?)'
const REMIND =
  '(?:remind me|set (?:up )?(?:a |another )?reminder|give me a (?:reminder|heads[ -]?up)|send me a reminder|ping me|alert me|notify me)'
/** A task that exists: one without an article is rather something to be added. */
const KNOWN = '(?<target>(?:task |#)\\d{1,10}|it|that|this|that one|them|(?:the|my) .+?)'

function minutesOf(span: string): number {
  const word = /^\w+/.exec(span)?.[0] ?? ''
  const amount = span.startsWith('half') ? 0.5 : (counts[word] ?? Number(word))
  const unit = /week/.test(span) ? 10_080 : /day/.test(span) ? 1440 : /h(?:ou)?r/.test(span) ? 60 : 1
  return Math.round(amount * unit)
}

const addition = (text: Text, clock: Clock): Goal => ({
  do: 'add',
  details: readDetails(text, clock),
  reminds: true,
})

const before = (slot: Slots, clock: Clock): Goal => ({
  ...{ do: 'remind', target: readTarget(slot('target')), orElse: addition(slot('target'), clock) },
  minutesBefore: minutesOf(slot('span').norm),
})

/** "about the dentist tomorrow at 9": the date is the reminder's, what is before it the task. */
function atTime(slot: Slots, clock: Clock): Goal | undefined {
  const text = slot('target')
  const orElse = addition(text, clock)
  const cut = [...text.norm.matchAll(/ /g)].map(({ index }) => index)
  const at = cut.find(index => readWhen(text.norm.slice(index + 1), clock))
  const target = readTarget(at === undefined ? text : slice(text, 0, at))
  const when = at === undefined ? undefined : readWhen(text.norm.slice(at + 1), clock)
  const given = slot('when').norm === '' ? undefined : readWhen(slot('when').norm, clock)
  if (slot('when').norm !== '' && !given) return undefined
  const due = (given ?? when)?.due
  return { do: 'remind', target, orElse, ...(due ? { at: due } : {}) }
}

const unremind = (slot: Slots): Goal => {
  const target = readTarget(slot('target'))
  return { do: 'unremind', target, orElse: { do: 'delete', target } }
}

const STOP = '(?:cancel|delete|remove|drop|clear|turn off|stop|dismiss|disable|unset|get rid of)'

export const remindRules: Rule[] = [
  request(`${REMIND} ${SPAN} (?:before|ahead of|prior to) ${TARGET}(?: is due)?`, before),
  request(
    `${REMIND} (?:of|about|for|on) ${TARGET} ${SPAN} (?:before(?:hand)?|earlier|in advance|ahead)(?: it's due| it is due)?`,
    before,
  ),
  request(`${REMIND} (?:of|about|for|on) ${KNOWN}`, atTime),
  request(
    `${REMIND} (?<when>(?:at|on|in|tomorrow|tonight|today|next) ?.*?) (?:of|about|for) ${KNOWN}`,
    atTime,
  ),
  request(`${STOP} (?:the |my |that |any |all )*reminders? (?:for|about|of|on|before) ${TARGET}`, unremind),
  request(`${STOP} (?:the |that |my )reminder`, () => {
    const target = { by: 'pronoun', many: false } as const
    return { do: 'unremind', target, orElse: { do: 'delete', target } }
  }),
  request(`(?:don't|do not|stop) remind(?:ing)? me (?:about|of|to) ${TARGET}`, unremind),
  request(
    '(?<all>(?:(?:what|which|show|list|see|view|any|do i have(?: any)?|have i got(?: any)?)(?: me)?(?: all)?(?: of)?(?: my| the| are my)? )?(?:my |active |upcoming |pending )?reminders(?: (?:do i have|are set|have i got|are there|have i set)(?: set)?)?)',
    (slot, clock) => ({
      do: 'reminders',
      orElse: listOrFind(slot('all'), clock, false) ?? { do: 'list', query: { status: 'all' } },
    }),
  ),
]
