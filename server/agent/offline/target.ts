import type { Target } from './goal.ts'
import { readSet } from './target-set.ts'
import { isQuoted, slice, type Text, unquoted, withoutEnding } from './text.ts'

/** Reads a phrase that names tasks: "task 3", "#3 and 4", "it", "the second one", "all completed tasks", a title. */

const numbers = (
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen twenty'
).split(' ')

const ordinals: Record<string, number> = {
  ...{
    first: 1,
    second: 2,
    third: 3,
    fourth: 4,
    fifth: 5,
    sixth: 6,
    seventh: 7,
    eighth: 8,
    ninth: 9,
    tenth: 10,
  },
  ...{
    last: -1,
    pehla: 1,
    pehli: 1,
    pehle: 1,
    doosra: 2,
    doosri: 2,
    dusra: 2,
    dusri: 2,
    teesra: 3,
    teesri: 3,
  },
  ...{ tisra: 3, chautha: 4, chauthi: 4, panchwan: 5, aakhri: -1, akhri: -1 },
  ...{ پہلا: 1, پہلی: 1, پہلے: 1, دوسرا: 2, دوسری: 2, تیسرا: 3, تیسری: 3, چوتھا: 4, آخری: -1 },
}

const NOUN =
  '(?:tasks?|items?|to-?dos?|reminders?|entry|entries|ones?|numbers?|no\\.?|nos\\.?|ids?|kaam|کام|ٹاسک|نمبر)'
const LEAD = `(?:(?:the|my|that|this|these|those|both|mere|mera|meri|میرا|میری|میرے) +)*(?:${NOUN} *)*(?:with +)?(?:the +)?(?:${NOUN} *)*[:#]*`
const idList = new RegExp(
  `^${LEAD}(?<list>-?\\d+(?:(?: *(?:,|&|-|\\+) *| +)(?:and +|n +|or +|aur +|اور +|to +|through +|tasks? +|number +)*#?-?\\d+)*)(?: +${NOUN})?$`,
)
const wordNumber = new RegExp(
  `^(?:the +|my +)?(?:tasks?|items?|numbers?|to-?dos?)(?: +number)? +(?<word>${numbers.join('|')})$`,
)
const pronouns =
  /^(?:it|that|this|that one|this one|(?:that|this|the|same|the same|that same|this same) (?:task|item|reminder|to-?do|one|thing)|that too|the same|(?:that|this) last (?:one|task)|itself|isko|usko|ise|use|yeh|ye|woh|wo|is|us|(?:yeh|ye|woh|wo) (?:wala|task|kaam)|اسے|اس|اسکو|اس کو|یہ|وہ|یہ کام|وہ کام)$/
const manyPronouns =
  /^(?:them|those|these|they|them all|all of (?:them|those|these)|all (?:those|these|of it)|each of them|every one of them|(?:those|these) (?:tasks|ones|items|two|three)|in sab|un sab|unko|inko|ان|ان سب|ان کو|انہیں)$/
const latest =
  /^(?:the |my )?(?:task|one|item|last task|last one|latest task|latest one|newest task|newest one)?,? ?(?:that |which )?(?:i |you |we )(?:have |'ve |had )?(?:just |last |recently )*(?:added|created|made)(?: last)?$|^(?:the |my )?(?:latest|newest|most recent) (?:task|one|item)$/
const onTheList = new RegExp(
  `^(?:the )?(?:(?:number|item|no\\.?|entry|#) ?)?(?<place>\\d{1,3}|${numbers.join('|')}|${Object.keys(ordinals).join('|')})(?: one)? (?:on|in|of|from) (?:that|the|this|your) list$`,
)
const oneOfThem = /^(?:one|any|either|some)(?: one)?(?: of (?:them|those|these|the (?:tasks|ones)))?$/
const exception =
  /^(?<all>.+?),? (?:except(?:ing)?(?: for)?|but(?: not)?|apart from|other than|besides|excluding|aside from|minus|save for|not including|siwaye|کے سوا|کے علاوہ) /
const both =
  /^(?:both|(?:them|these|those) both|both of (?:them|those|these)|the two|the two of them|dono|دونوں|(?:both|the two) (?:tasks|ones))$/
const other = /^(?:the )?other(?: one| task)?$|^(?:doosra|dusra) wala$|^the remaining (?:one|task)$/
const few = new RegExp(
  `^(?:the )?(?<side>first|top|last|bottom|final) (?<count>\\d{1,2}|couple(?: of)?|few|${numbers.join('|')})(?: ones| tasks| items)?(?: (?:of them|(?:in|on|of) the list))?$`,
)
const PLACE = `(?:${Object.keys(ordinals).join('|')}|\\d{1,3}(?:st|nd|rd|th))`
const placed = new RegExp(
  `^(?:(?:the|my|that|mera|meri|mere|میرا|میری|میرے) +)*(?<list>${PLACE}(?:(?: (?:ones?|task))?(?:,| and|,? and the| aur| اور)? +(?:the +)?${PLACE})*)(?: +(?:ones?|tasks?|items?|wala|wali|wale|kaam|والا|والی|والے|کام|entry|option|in the list|on the list|of them|of those))*$`,
)

const MOST_IDS = 50

/** "3, 4 and 7", "2-5", "2 to 5". A number too large for any task stays, and is not found. */
function readIds(list: string): number[] {
  const range = list.match(/^(\d{1,6}) *(?:-|to|through) *#?(\d{1,6})$/)
  const [from, to] = [Number(range?.[1]), Number(range?.[2])]
  if (range && from < to && to - from < MOST_IDS)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const ids = (list.match(/(?:^|(?<=[\s,&+#]))-?\d+/g) ?? []).map(Number)
  return [...new Set(ids)].slice(0, MOST_IDS)
}

function readPlaces(list: string): number[] {
  const places = list
    .split(/[\s,]+/)
    .map(word => ordinals[word] ?? (/^\d/.test(word) ? Number.parseInt(word, 10) : undefined))
  return [...new Set(places.filter(place => place !== undefined))]
}

/** "the first three", "the last two": as many places, from the one end or the other. */
function readFew(norm: string): Target | undefined {
  const { side, count: word } = few.exec(norm)?.groups ?? {}
  if (!word) return undefined
  const named = word.startsWith('couple') ? 2 : word === 'few' ? 3 : numbers.indexOf(word) + 1 || Number(word)
  const count = Math.min(named, MOST_IDS)
  const fromEnd = side !== 'first' && side !== 'top'
  return count > 0
    ? { by: 'place', places: Array.from({ length: count }, (_, i) => (fromEnd ? i - count : i + 1)) }
    : undefined
}

/** "everything except the report", "all of them but the first": what is left of one without the other. */
function exceptSome(text: Text): Target | undefined {
  const match = exception.exec(text.norm)
  if (!match?.groups?.all) return undefined
  const all = pointed(slice(text, 0, match.groups.all.length))
  const not = slice(text, match[0].length)
  const several =
    all?.by === 'set' || all?.by === 'place' || all?.by === 'both' || (all?.by === 'pronoun' && all.many)
  return several && not.norm !== '' ? { by: 'except', all, not: readTarget(not) } : undefined
}

const pointed = (text: Text): Target | undefined => {
  const { norm } = text
  if (norm === '') return { by: 'nothing' }
  if (pronouns.test(norm)) return { by: 'pronoun', many: false }
  if (manyPronouns.test(norm)) return { by: 'pronoun', many: true }
  if (latest.test(norm)) return { by: 'latest' }
  if (both.test(norm)) return { by: 'both' }
  if (other.test(norm)) return { by: 'other' }
  const word = wordNumber.exec(norm)?.groups?.word
  if (word) return { by: 'id', ids: [numbers.indexOf(word) + 1] }
  const onList = onTheList.exec(norm)?.groups?.place
  if (onList)
    return { by: 'place', places: [ordinals[onList] ?? (numbers.indexOf(onList) + 1 || Number(onList))] }
  const ids = idList.exec(norm)?.groups?.list
  if (ids) return { by: 'id', ids: readIds(ids) }
  const several = readFew(norm)
  if (several) return several
  const places = placed.exec(norm)?.groups?.list
  if (places) return { by: 'place', places: readPlaces(places) }
  if (oneOfThem.test(norm)) return { by: 'oneOf' }
  return exceptSome(text) ?? readSet(text)
}

const TASK = '(?:task|to-?do|item|reminder|entry|thing|stuff|job|kaam|کام|ٹاسک)'
const titleLead = new RegExp(
  `^(?:(?:whichever|whatever|what)(?: +one)?(?: +i +said)?(?:'s| +is| +was)? +about +)?(?:both +(?:of +)?)?(?:(?:the|my|a|an|that|this) +)?(?:(?:${TASK}|one|thing) +(?=called|named|titled|label|about|saying|that says|which says|with|for|to ))?(?:${TASK} +)?(?:(?:called|named|titled|labelled|labeled|about|saying|that says|which says|with|for|to) +|: *)?(?=.)`,
)
const titleTail = new RegExp(
  `(?: +(?:${TASK}|one|wala|wali|wale|والا|والی|والے)(?: +(?:ko|کو))?| +(?:ko|کو)|,? +(?:from|off|on|in) +(?:my|the) +(?:to-?do |task )?lists?)$`,
)

function namedTask(text: Text): Target {
  const tail = titleTail.exec(text.norm)
  const body = tail ? slice(text, 0, tail.index) : text
  const lead = isQuoted(body) ? 0 : (titleLead.exec(body.norm)?.[0].length ?? 0)
  const words = slice(body, lead)
  const quoted = /"\uE000+"/.exec(words.norm)
  // A quoted title inside a phrase is the title: the "call mom" reminder of mine.
  const title = quoted ? slice(words, quoted.index, quoted.index + quoted[0].length) : words
  return title.norm === ''
    ? { by: 'nothing' }
    : { by: 'title', words: unquoted(title).slice(0, 400), exact: isQuoted(title) }
}

export function readTarget(given: Text): Target {
  const text = withoutEnding(given)
  const stripped = text.norm.replace(/,? +(?:from|off|on|in) +(?:my|the) +(?:to-?do |task )?list$/, '')
  // Phrases that point are short; a long one is a title, and not worth the patterns' time.
  return (stripped.length <= 200 ? pointed(slice(text, 0, stripped.length)) : undefined) ?? namedTask(text)
}

/** Whether a target says unmistakably that a task is meant, so that "and finish it" is no part of a title. */
export const isPlain = (target: Target, text: Text) =>
  target.by !== 'title' || target.exact || new RegExp(`(?:^|\\s)${TASK}s?(?:\\s|$)`).test(text.norm)
