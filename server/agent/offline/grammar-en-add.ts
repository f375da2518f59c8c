import { isPleasantry } from './courtesy.ts'
import { readWhen } from './dates.ts'
import { priorityOf, readDetails } from './details.ts'
import type { Goal } from './goal.ts'
import { actionVerbs, bareVerbs } from './lexicon-en.ts'
import { recurrenceOf } from './repetition.ts'
import { guess, type Rule, rule, type Slots } from './rule.ts'
import { slice, type Text } from './text.ts'
import type { Clock } from './zone.ts'

/** English requests for a new task, from "create a task called" to a bare "buy milk". */

const REST = '(?<rest>.*)'
const VERB =
  '(?:add|create|new|put|insert|log|note|note down|jot|jot down|record|save|enter|write down|write|register|include|append|stick|pop|throw|chuck|drop|slap|pencil in|squeeze in|get)'
const NOUN = '(?:tasks?|to-?dos?|to do|reminders?|items?|entry|chore|to-?do item|task item)'
const ADJECTIVES =
  '(?:(?<level>high|medium|low|normal|top|urgent|important)(?:[ -]priority)?,? |(?<how>daily|weekly|monthly|recurring) |another |new |following |these |quick |simple |single |one |more |two |three |four |five |few |couple of |\\d |multiple |several )*'
const LIST =
  '(?:(?:(?:in)?to|on|onto|in) (?:my|the|our|your|that) (?:to-?do |task |todo |shopping )?(?:lists?|tasks|to-?dos|pile|heap|agenda|plate|docket)|on (?:there|here))'
/** Verbs of putting something somewhere; with a list as the place, it is a new task. */
const PUT =
  '(?:add|put|stick|pop|throw|chuck|bung|slap|fling|toss|lob|shove|plonk|whack|sling|dump|drop|get(?! rid)|write|jot|note|scribble|squeeze|pencil|enter|place|include)'
/** What may stand behind the place: when, how urgent, under which tag. */
const MORE =
  '(?<more>(?:,| -|(?= (?:for|by|on|due|at|with|as|and|tag|tagged|before|tomorrow|today|tonight|next|every|daily|weekly|monthly|please|it)))(?: .+))'

const noTitle =
  /^(?:something|anything|stuff|an? (?:thing|few things)|one|another(?: one)?|sth|some(?:thing| things?)(?: new| else)?|that|this|it|them|those|the following|these|a new one|items|things|to-?dos)$/i

export const add = (slot: Slots, clock: Clock): Goal & { do: 'add' } => {
  const details = readDetails(slot('rest'), clock)
  const [level, how] = [slot('level').norm, slot('how').norm]
  if (noTitle.test(details.title ?? '')) delete details.title
  if (level) details.priority ??= level === 'important' ? 'high' : priorityOf(level)
  if (how && how !== 'recurring') {
    details.recurrence ??= recurrenceOf(how)
    details.due_date ??= readWhen('today', clock)?.due ?? null
  }
  return { do: 'add', details }
}

/** "put it off", "put task 3 back" are about a task that exists. */
export const addThing = (slot: Slots, clock: Clock): Goal | undefined =>
  /^(?:(?:task |#)\d|it\b|that\b|them\b|off\b|back\b|to self)| (?:at|to|on) (?:the )?top$| back(?: on| to| in)? |(?:on|for|to) (?:task |#)\d|(?: back| off)$/.test(
    slot('rest').norm,
  )
    ? undefined
    : add(name => (name === 'rest' ? withoutFrame(slot('rest')) : slot(name)), clock)

/** "a buy stamps task" is "buy stamps". */
function withoutFrame(rest: Text): Text {
  const announcing =
    /^(?:something|this|one|another(?: one)?|a thing)(?: (?:for me|to my list|new|more))*(?:\?|:|,| -) +(?=\S)/.exec(
      rest.norm,
    )
  if (announcing) return slice(rest, announcing[0].length)
  const frame = /^(?<article>an? (?:new )?)(?<title>.+?) (?:task|to-?do|reminder)$/.exec(rest.norm)?.groups
  const start = frame?.article?.length ?? 0
  return frame?.title ? slice(rest, start, start + frame.title.length) : rest
}

/** What stood behind the list belongs to the task: "… on my list for Thursday". */
const joinedTo = (rest: Text, more: Text): Text => {
  const gap = /^[,-]/.test(more.norm) ? '' : ' '
  return { raw: rest.raw + gap + more.raw, norm: rest.norm + gap + more.norm }
}

const wordCount = (text: Text) => text.norm.split(' ').length

/** "do the dishes" is a task, "do the thing" is not. */
const vague =
  /^(?:do|make|get|take|try|see|go|start|stop|set) (?:it|that|this|them|something|anything|the thing|things?|stuff|the same|so|on|away|ahead|what|some)\b/

const bare = (slot: Slots, clock: Clock): Goal | undefined => {
  const rest = slot('rest')
  const [verb = ''] = rest.norm.split(' ')
  const household =
    /^(?:do|take out|get|make|go to|go for|pick up) (?:the |my |some )?(?:dishes|laundry|homework|housework|taxes|yoga|workout|groceries|trash|garbage|rubbish|bed|shopping|gym|dentist|doctor|bank|run|walk|cleaning|ironing|grocery shopping)\b/.test(
      rest.norm,
    )
  if (!household && (!bareVerbs.has(verb) || wordCount(rest) < 2)) return undefined
  // "tidy up my list" is about the list itself.
  if (
    /^\p{L}+ (?:up |out )?(?:my|the|this) (?:whole |to-?do |task )*(?:list|tasks|to-?dos)\b/u.test(rest.norm)
  )
    return undefined
  if (/^\p{L}+ (?:task |number |no\.? ?|#)\d+$/u.test(rest.norm)) return undefined
  if (isPleasantry(rest) || /^thank (?:you|u|ya)\b/.test(rest.norm)) return undefined
  if (/^(?:this|that|it|them|me|him|her|us)$/.test(rest.norm.split(' ').slice(1).join(' '))) return undefined
  return add(slot, clock)
}

const needed = (slot: Slots, clock: Clock): Goal | undefined =>
  vague.test(slot('rest').norm) ||
  /^(?:know|see|ask|understand|talk to you|go now|be(?! (?:at|in|on) )|have|help|hear|view|check|list|find|search|delete|remove|update|change|edit|rename|mark)\b/.test(
    slot('rest').norm,
  )
    ? undefined
    : add(slot, clock)

export const addRules: Rule[] = [
  rule(
    `(?:(?:here(?:'s| is| comes)|(?:i've )?got|i have|there's|add|and|oh and|also|note) )?(?:an? )?(?:new|another|one more|next|last)(?: new)?(?: (?:one|thing|item|task|to-?do))?(?: (?:for|on) (?:my|the|your) (?:to-?do |task )?list)?(?: for (?:you|me))?:${REST}`,
    add,
  ),
  rule('(?<rest>(?:urgent|asap|important|critical|high priority|low priority)(?:: ?| -+ ).+)', add),
  rule(
    `${VERB} (?:down |in )?(?:me )?(?:a |an |the |my |some )?${ADJECTIVES}${NOUN} ${LIST}(?: (?:to|for|called|named))?:? ?${REST}`,
    add,
  ),
  rule(
    `${VERB} (?:down |in )?(?:me )?(?:a |an |the |my |some )?${ADJECTIVES}${NOUN}(?![\\p{L}\\p{N}]| ?#?\\d) ?${REST}`,
    add,
  ),
  rule(
    `(?:make|set|set up|start|schedule)(?: me)? (?:an? |some |another )${ADJECTIVES}${NOUN}(?![\\p{L}\\p{N}]) ?${REST}`,
    add,
  ),
  rule(
    `(?:set|give me|make|create|add|put)(?: me)? (?:a |an )?reminder(?: for me)?(?: (?:to|for|about|that))? ?${REST}`,
    add,
  ),
  rule(`(?:add|put|write|jot|note|insert|include|append|enter|place|stick|throw|pop) ${LIST}:? ${REST}`, add),
  rule(`${PUT} (?:in |down )?(?<rest>.+?) ${LIST}${MORE}`, (slot, clock) =>
    addThing(name => (name === 'rest' ? joinedTo(slot('rest'), slot('more')) : slot(name)), clock),
  ),
  rule(`${PUT} (?:in |down )?(?<rest>.+) ${LIST}`, addThing),
  rule('(?:pop|jot|note|write|put|stick|scribble) (?<rest>.+) down', addThing),
  rule(
    `(?:(?:jot|write|note|put|scribble|pop)(?: (?:it|this))?(?: down)?|keep in mind|bear in mind|record) that (?!(?:one|task|thing|is|as|for|on|to|down|in)\\b)${REST}`,
    add,
  ),
  rule(`(?:pencil in|squeeze in) ${REST}`, addThing),
  rule(
    `make (?:a )?(?:mental )?note(?: to(?: self)?:?| that| about|:)? (?:i (?:need|have|must) to )?${REST}`,
    add,
  ),
  rule(`(?:add|create|note|do) (?:these|the following)(?: things)?(?: (?:to|on) my list)?:? ${REST}`, add),
  rule(
    `(?:add|put|insert|include|append|enter|place|jot down|note down|write down|log|record|save|note|new|set up)(?: down| in)?:? ${REST}`,
    addThing,
  ),
  rule(
    '(?:add|create|new|insert|jot down|note down|write down|remind me|add (?:one|something|another|another one|a new one)|remember)',
    () => ({ do: 'add', details: {} }),
  ),
  rule(
    `(?:remind me|remind us|give me a reminder|send me a reminder|ping me|nudge me|bug me|nag me|poke me|prod me|buzz me|pester me|give me a (?:nudge|shout|poke|heads[ -]?up))(?! (?:what|which|how many)\\b)(?: again)?(?<when> .*?)?? (?:to|about|of|that|for) ${REST}`,
    (slot, clock) => {
      const [when, rest] = [slot('when'), slot('rest')]
      const whole = when.norm ? { raw: `${rest.raw} ${when.raw}`, norm: `${rest.norm} ${when.norm}` } : rest
      return { do: 'add', details: readDetails(whole, clock), reminds: true }
    },
  ),
  rule(`remind me(?! (?:what|which|how many)\\b):? ${REST}`, (slot, clock) => ({
    ...add(slot, clock),
    reminds: true,
  })),
  rule(
    `(?:remember|dont forget|don't (?:let me )?forget|do not (?:let me )?forget|never forget|make sure(?: that)?|be sure)(?: (?:to|about|that|i))?(?: i)?(?: (?:need|have|must|got|ought)(?: to)?)? ${REST}`,
    add,
  ),
  rule(
    `(?:(?:note to self|new task|new to-?do|my next task is)(?::| -|,)?|(?:to-?do|task|reminder|memo|next task)(?::| -|,)) ?${REST}`,
    (slot, clock) =>
      /^(?:\d|list\b|done|is\b|number)/.test(slot('rest').norm) ? undefined : add(slot, clock),
  ),
  rule(`(?:new one|another one|one more(?: thing)?|next one)(?::|,| -) ${REST}`, add),
  rule(`to-?do (?!lists?\\b|items?\\b|apps?\\b|is\\b|was\\b|today|\\d|number)${REST}`, add),
]

/** Wide readings, tried when nothing else fits: "make a cake", "I need to pay bills". */
export const wideAddRules: Rule[] = [
  rule(`(?:create|schedule|make) ${REST}`, (slot, clock) =>
    /^(?:it|that|this|sure)\b/.test(slot('rest').norm) ? undefined : add(slot, clock),
  ),
  rule(
    `(?:(?:i|we)(?:'ve| have|'d)?(?: (?:really|also|still|just|probably|definitely))* )?(?:have to|got to|ought to|need|must|should|gotta|mustn't forget|must not forget|can't forget|cannot forget|shouldn't forget|had better|better|supposed to)(?: to)?:?(?: (?:really|probably|definitely|actually|maybe|perhaps|just|also|finally))*(?: (?:remember|make sure|not forget))?(?: to| about| i)? ${REST}`,
    needed,
  ),
]

/** "the car needs an oil change": what a thing needs is to be done, unless a task by that name is meant. */
const statedNeed = guess(
  '(?<rest>(?:the|my|our|his|her|their) (?:(?!task|needs? )[^,;:.]){2,60}? needs? (?:an?|some|new|its|his|her|their|more|the|another|[\\p{L}]+ing) ?(?!priority|date|due|deadline|tag|high|low|description|note)[^,;:]*)',
  (slot, clock) =>
    /\b(?:priority|due date|deadline|tag|doing|to be done)\b/.test(slot('rest').norm)
      ? undefined
      : add(slot, clock),
)

export const bareRules: Rule[] = [guess('(?<rest>[\\p{L}].*)', bare), statedNeed]

/** Whether a clause reads as something to do, so that "feed cat" after "buy eggs and" is a task of its own. */
export const startsAction = (text: Text) => {
  const words = text.norm.replace(/^(?:to|i (?:need|have) to) /, '').split(/[\s,]+/)
  return words.length >= 2 && actionVerbs.has(words[0] ?? '')
}
