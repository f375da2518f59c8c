import { courtesy } from './courtesy.ts'
import type { Goal } from './goal.ts'
import { commandVerbs, pastVerbs } from './lexicon-en.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English news of what is done, told by its verb: "bought milk", "I've scanned the receipts", "the fence got painted". */

export const DONE =
  '(?:compelete|compelte|compleet|complet|completd|complted|compleated|finishd|finsihed|finised|doen|donne|dome|done|complete|completed|finished|checked|ticked|checked off|ticked off|closed|resolved)'
/** Said of a task it is done; "get the loft sorted" is still to be done. */
// A shop is closed, too, and that completes nothing.
const STATE = DONE.replace('|closed|resolved', '')
export const SETTLED = `(?:${STATE}|sorted(?: out)?|dealt with|taken care of|handled|wrapped up|squared away|done and dusted|over and done with|out of the way|crossed off|in the bag|over(?: with)?)`

const PAST = Object.keys(pastVerbs).join('|')
const PAST_FIRST = Object.keys(pastVerbs)
  .filter(verb => !/^(?:read|cut|put|did|got)$/.test(verb))
  .join('|')
// "the bank called" tells of what the bank did.
const isOfPeople = (verb: string) =>
  /^(?:called|phoned|rang|texted|messaged|emailed|wrote|visited|met|told|spoke|gave|drove|threw|swam|taught|attended|brought)$/.test(
    verb,
  )
// "read", "cut" and "put" are just as well what is still to be done; "did" and "got" begin questions and idioms.
const PLAIN_PAST = Object.keys(pastVerbs)
  .filter(verb => !/^(?:read|cut|put|did|got|made|went|ran|took)$/.test(verb) && !isOfPeople(verb))
  .join('|')

/** Words that end like a past and are none, or that tell of no work that is done. */
const NO_DEED =
  '(?:need|feed|seed|weed|speed|shed|embed|bleed|breed|shred|proceed|exceed|succeed|indeed|hundred|start|want|lik|lov|hat|miss|plann|delay|postpon|skipp|tri|ask|hop|wish|wonder|notic|realis|realiz|remember|mov|chang|add|remov|delet|cancel|cancell|updat|renam|mark|decid|expect|intend|promis|offer|fail|refus|us|liv|turn|look|seem|reopen|attempt|agre|mention|tagg|suppos|guess|believ|worri|enjoy|complain|re?schedul|push|forgott|mess|messag|stopp|assum|creat|list|open|prefer|receiv|happen|listen|wait|stay|appreciat|bother|tir|bor|excit|annoy|scar|interest|confus|locat|bas|relat|limit|involv|requir|delight|pleas|crowd|marri|lock|broken?|damag|block|delay|surpris|shock)'
/** Any other regular past: "scanned", "rented". */
const REGULAR = `(?!${NO_DEED}(?:ed)?(?![\\p{L}]))[a-z]{2,14}ed`

const AGO =
  '(?:(?:an?|one|two|three|a few|a couple of|\\d{1,3}) (?:minute|hour|day|week|month)s?|a while|ages) ago'
export const WHEN = `(?: (?:this (?:morning|afternoon|evening|week)|today|yesterday|last night|earlier(?: today| on)?|just now|at last|at lunch(?:time)?|the other day|last week|at the weekend|(?:before|after|over) (?:lunch|work|dinner|breakfast|the weekend)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|on (?:my|the) way(?: (?:to [a-z]+|home|back|in|there))?|in the end|while i was (?:out|there|at it)|first thing|${AGO}))*`

/** The task to do it, in the verb's plain form: "bought milk" is "buy milk". */
export function completedByVerb(slot: Slots): Goal {
  const verb = pastVerbs[slot('verb').norm] ?? slot('verb').norm
  const target = readTarget(slot('target'))
  if (target.by !== 'title') return { do: 'complete', target }
  const loose = slot('verb').norm === 'got' || slot('verb').norm === 'picked'
  const words = `${verb} ${slot('target').raw}`.slice(0, 400)
  return {
    do: 'complete',
    target: { by: 'title', words, exact: false, ...(loose ? { or: target.words } : {}) },
  }
}

/** What such a short sentence may not begin with: a question, a wish, a "no". */
const NO_TASK =
  "(?:i|we|you|he|she|they|it|this|that|what|who|where|when|why|how|which|whose|is|are|was|were|am|do|does|did|have|has|had|having|get|getting|make|want|need|nothing|none|nobody|not|no|never|nearly|almost|half|if|once|until|till|after|before|to|be|being|can|could|should|would|will|let|let's|well|all|everything|tasks?|things?|stuff|haven't|hasn't|isn't|consider|leave|any|anything|only|just|as|so|job|wish|hope|hoping|please|i'll|i'd|i'm|and|or|but)\\b"
const unfinished =
  / (?:is|are|be|been|was|were|gets?|getting|not|never|almost|nearly|half|partly|mostly|being|\p{L}+['’]\p{L}+)$/u

/** "laundry done": a title or a number, never a kind of tasks ("all tasks done" asks for a list). */
export const settledRule = request(
  `(?<target>(?!${NO_TASK})[^ ]+(?: [^ ]+){0,5}) (?:all |now |finally )*(?:${STATE}|sorted|dealt with|handled|wrapped up|crossed off)`,
  slot => {
    const { norm } = slot('target')
    if (unfinished.test(norm) || courtesy.test(norm) || commandVerbs.has(norm.split(' ')[0] ?? ''))
      return undefined
    const target = readTarget(slot('target'))
    return target.by === 'title' || target.by === 'id' ? { do: 'complete', target } : undefined
  },
)

/** "got the car washed", "managed to get the fence painted". */
export const gotDone = request(
  `(?:(?:i|we)(?:'ve| have)? )?(?:(?:just|finally|already|only just) )*(?:got|had|managed to get) ${TARGET} (?<verb>${PAST}|${REGULAR})${WHEN}`,
  completedByVerb,
)

export const toldRules: Rule[] = [
  request(
    `(?:i|we)(?:'ve| have)? (?:just |already |finally |also |now )*(?!(?:got|had) an? |.*\\b(?:wrong|mixed up|confused)\\b)(?<verb>${PAST}|${REGULAR})(?: up)? (?!to )(?:an? )?${TARGET}${WHEN}`,
    completedByVerb,
  ),
  request(
    `(?:(?:i|we)(?:'ve| have|'m| am)? )?(?:just |already |finally |only |now )*(?:went to|been to|been at|got back from|came back from|back from) (?<target>(?!bed|sleep|work|school|hell)(?:the |my |a )?.+?)${WHEN}`,
    slot => ({
      do: 'complete',
      target: { by: 'title', words: `go to ${slot('target').raw}`.slice(0, 400), exact: false },
    }),
  ),
  request(`(?:consider|count|call|mark) ${TARGET} (?:as )?(?<verb>${PLAIN_PAST})`, completedByVerb),
  request(
    `(?:(?:just|already|finally) )?(?<verb>${PAST_FIRST})(?: up)? (?:an? )?${TARGET}${WHEN}`,
    completedByVerb,
  ),
  request(
    `(?:(?:just|already|finally) )?(?<verb>${REGULAR})(?: up)? (?<target>(?:the|my|our|all|both|those|these|his|her|their) .+?)${WHEN}`,
    completedByVerb,
  ),
  request(
    `${TARGET} (?:has been|have been|was|were|is|are|got) (?:all |now |already )*(?<verb>called|phoned|rung|texted|messaged|emailed|mailed|visited|paid|sent|returned|delivered|taught|told)`,
    completedByVerb,
  ),
  request(
    `${TARGET}(?:'s(?: been)?| is| are| was| were| has been| have been| got)? (?:all |now |already )*(?<verb>${PLAIN_PAST})`,
    completedByVerb,
  ),
  request(
    `${TARGET}(?:'s been| has been| have been| got| has now been| have now been) (?:all |now |already |finally )*(?<verb>${REGULAR})${WHEN}`,
    completedByVerb,
  ),
  request(
    `(?<target>(?:the |my |our ).+?)(?:'s| is| are) (?:all |now |already |finally )*(?!(?:sort|handl|finish|complet|check|tick|clos|resolv|cross|open)ed)(?<verb>${REGULAR})${WHEN}`,
    completedByVerb,
  ),
]
