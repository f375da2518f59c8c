import { findWhen } from './dates.ts'
import type { Details } from './goal.ts'
import { takeRepetition, takeUnsupported } from './repetition.ts'
import type { Priority } from './task.ts'
import { clip, isQuoted, isVisible, slice, type Text, unquoted, without, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/**
 * Reads what follows "add a task": cuts the description, priority, tags, repetition and date out, one after the
 * other, and what is left is the title. Quoted parts are masked, so nothing is ever taken out of them.
 */

const LEVEL = '(?<level>high|medium|low|normal|top|highest|lowest|urgent|critical)'
const VERY =
  '(?:really |very |pretty |quite |rather |fairly |super |so |extremely |kind of |kinda |quite |most )*'
const ASIDE =
  "(?:,|\\.|\\?|!| -|;)+ +(?:and |but )?(?:(?:it|that|this)(?:'s| is) |its |that's |which is |is )?"
const asidePhrases = [
  new RegExp(
    `${ASIDE}(?:there(?:'s| is) )?(?<level>no (?:real |great |particular )?(?:rush|hurry|urgency)|not (?:really )?a (?:big |high |huge )?priority|(?:not|isn't) (?:that |so |very |super |terribly |too |particularly )?(?:urgent|important))(?: at all| on (?:it|this|that)| though| or anything| for (?:it|this|that))*$`,
    'u',
  ),
  new RegExp(`${ASIDE}${VERY}(?<level>urgent|important|critical|crucial)(?: one| stuff)?(?: though)?$`, 'u'),
]
const priorityPhrases = [
  ...asidePhrases,
  /(?:,| -) *(?<level>high|medium|low)(?: prio)?$/,
  new RegExp(
    `,? *(?:(?:with|at|as|of|and|it's|is|make it|set) +)*(?:a +|the +)?${LEVEL}[ -]priority(?![\\p{L}])`,
    'u',
  ),
  new RegExp(
    `,? *(?:(?:with|at|as|and|set|its) +)*(?:a +|the +)?priority:? *(?:(?:is|of|to|as) +)?${LEVEL}(?![\\p{L}])`,
    'u',
  ),
  /(?:,| -| and|!)? +(?:it's |its |as |really |very |and )*(?<level>urgent|asap)(?:ly)?$/,
  /,? *[([](?:(?:it's|its|is) )?(?:really |very |pretty |super |quite |so )*(?<level>urgent|asap|important|high|low|medium)(?: priority| prio)?!*[)\]]/,
  /,? +(?:it's|its|which is|that's|and it's) +(?:really |very |pretty )*(?<level>urgent|important)$/,
  /,? +as +soon +as +(?<level>possible)$/,
  /^(?<level>urgent|asap|important|critical|high priority|low priority)(?:: *| -+ *)/,
]

export const priorityOf = (level: string): Priority =>
  /^(?:high|top|urgent|asap|critical|important|possible|crucial)/.test(level)
    ? 'high'
    : /^(?:low|no |not |isn't )/.test(level)
      ? 'low'
      : 'medium'

const description =
  /,? *(?:(?:and|with|in|as|for) +)*(?:a +|the +|its +)?(?:description|desc|notes?|details?)(?: +(?:of|saying|that says|is|as|write|put|should say|say|says))?:? +(?<text>"\uE000+"|[^"].*$)/
const hashTag = /(?:^|\s)#(?<tag>[\p{L}\p{N}_-]{1,20})(?![\p{L}\p{N}_-])/u
/** "tag travel, for the 25th": one word, when something else follows. */
const oneTag =
  /,? *(?:tag(?:ged)?|label(?:led|ed)?)(?: +it)?(?: +(?:as|with))?:? +(?<tags>#?[\p{L}\p{N}_-]{1,20})(?=, +(?:for|by|on|due|at|in|high|low|medium|urgent|priority|with|it's|and|every|daily|weekly|monthly|tomorrow|today|tonight|next|this)\b)/u
const tagList =
  /,? *(?:(?:with|and) +)*(?:(?:tag|label) +it(?: +(?:as|with))? +|(?:the +)?tags?:? +|(?:that is )?tagged(?: +(?:as|with))? +|labell?ed +(?:as +)?)(?<tags>[\p{L}\p{N}_"#\uE000-]{1,22}(?:(?:, *| and | & | )#?[\p{L}\p{N}_"\uE000-]{1,22}){0,9})$/u
const badDate =
  /,? *(?:that is |is )?(?:with +(?:a +)?)?(?:due(?: +date)?|deadline)(?: +(?:on|by|at|is|of|before))?:? +(?<words>.{1,60})$/
const dash = / +-+ +(?<text>.+)$/

export function splitTags(list: Text): string[] {
  const parts = list.raw
    .split(/\s*,\s*|\s+and\s+|\s*&\s*|\s+/iu)
    .map(tag => tag.replace(/^["'#“‘]+|["'”’]+$/gu, ''))
  return [...new Set(parts.filter(tag => tag !== '' && Array.from(tag).length <= 20))].slice(0, 10)
}

/** Cuts a match out of the text and gives what its group held. */
function cut(text: Text, pattern: RegExp, group: string): { rest: Text; taken: Text } | undefined {
  const match = pattern.exec(text.norm)
  const inner = match?.groups?.[group]
  if (!match || inner === undefined) return undefined
  const from = match.index + match[0].lastIndexOf(inner)
  return {
    rest: without(text, match.index, match.index + match[0].length),
    taken: slice(text, from, from + inner.length),
  }
}

function takePriority(text: Text, details: Details): Text {
  for (const pattern of priorityPhrases) {
    const found = cut(text, pattern, 'level')
    if (!found) continue
    details.priority = priorityOf(found.taken.norm)
    // "no rush, low priority" says it twice.
    const again = asidePhrases.map(aside => cut(found.rest, aside, 'level')).find(one => one)
    return again?.rest ?? found.rest
  }
  return text
}

function takeTags(text: Text, details: Details): Text {
  const tags: string[] = []
  const list = cut(text, oneTag, 'tags') ?? cut(text, tagList, 'tags')
  let rest = list?.rest ?? text
  if (list) tags.push(...splitTags(list.taken))
  for (let found = cut(rest, hashTag, 'tag'); found && tags.length < 10; found = cut(rest, hashTag, 'tag')) {
    // "#3" is a task, not a tag.
    if (/^\d+$/.test(found.taken.norm)) break
    tags.push(found.taken.raw)
    rest = found.rest
  }
  if (tags.length > 0) details.tags = [...new Set(tags)]
  return rest
}

function takeDate(text: Text, details: Details, clock: Clock): Text {
  const found = findWhen(text.norm, clock)
  if (found) {
    if (found.when) details.due_date = found.when.due
    else details.wrongDate = text.raw.slice(found.start, found.end).replace(/^(?:due )?(?:on|by|at) /i, '')
    if (found.when?.hasTime) details.timed = true
    if (found.when?.recurrence) details.recurrence = found.when.recurrence
    const rest = without(text, found.start, found.end)
    // "the plumber is coming on Friday", with the date gone.
    return found.end === text.norm.length ? slice(rest, 0, / (?:is|are)$/.exec(rest.norm)?.index) : rest
  }
  const wrong = cut(text, badDate, 'words')
  if (!wrong) return text
  details.wrongDate = wrong.taken.raw
  return wrong.rest
}

const lead =
  /^(?:(?:,|:|-+|called|named|titled|entitled|labelled|for me\??|to|for|about|of|saying|that says|which says|that)(?=[\s"]|$)[ :]*)+(?=\S)/
const listTail =
  /,? +(?:(?:in)?to|on|onto|in|as|for) +(?:my|the|a|our) +(?:(?:to-?do|task|todo|tasks) +)?(?:lists?|tasks?|to-?dos?)$/

export function sentenceCase(title: string): string {
  const first = title.slice(0, 1)
  return first.toUpperCase().length === 1 ? first.toUpperCase() + title.slice(1) : title
}

/** What is left as a title: without the words that led to it, and with a capital unless it was quoted. */
export function titleOf(text: Text): string {
  let rest = withoutEnding(text)
  const tail = listTail.exec(rest.norm)
  if (tail && tail.index > 0) rest = withoutEnding(slice(rest, 0, tail.index))
  rest = slice(rest, lead.exec(rest.norm)?.[0].length ?? 0)
  if (isQuoted(rest)) return unquoted(rest)
  return sentenceCase(
    rest.raw
      .replace(/(?:\s*,)+(?=\s*,)/g, '')
      .replace(/^[\s,;:.-]+|[\s,;:-]+$/g, '')
      .replace(/\s+/g, ' '),
  )
}

const also = /,? (?:too|as well|also)$/

export function readDetails(given: Text, clock: Clock): Details {
  const details: Details = {}
  let text = withoutEnding(given)
  text = slice(text, 0, also.exec(text.norm)?.index)
  const explicit = cut(text, description, 'text')
  if (explicit && explicit.rest.norm !== '') {
    details.description = clip(unquoted(explicit.taken), 1000)
    text = explicit.rest
  }
  text = takeTags(takePriority(text, details), details)
  // The tags may stand behind the priority, or before it.
  text = takeUnsupported(details.priority ? text : takePriority(text, details), details)
  text = takeRepetition(takeDate(text, details, clock), details, clock)
  const dashed = explicit ? undefined : cut(text, dash, 'text')
  if (dashed && dashed.rest.norm !== '') {
    details.description = clip(unquoted(dashed.taken), 1000)
    text = dashed.rest
  }
  const title = titleOf(text)
  if (isVisible(title)) details.title = title
  return details
}
