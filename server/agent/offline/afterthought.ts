import type { Clause, Context } from './clauses.ts'
import { courtesy } from './courtesy.ts'
import { readWhen } from './dates.ts'
import { readDetails } from './details.ts'
import type { Details } from './goal.ts'
import { readClause } from './grammar.ts'
import { commandVerbs } from './lexicon-en.ts'
import { recurrenceOf } from './repetition.ts'
import { slice, type Text, withoutEnding } from './text.ts'

/** "renew the licence by April 15th, add that please": what is to be added stands before the request for it. */

const ASKING = '(?:please |pls |plz |(?:can|could|would|will|cud) (?:you|u|ya) |just |so |better )*'
/** Without a pause before it, the request must be unmistakable. */
const UNPAUSED =
  '\\s+(?:(?:ok|okay|so|and|then) )*(?:(?=(?:please|pls|plz|(?:can|could|would|will) (?:you|u)) )|(?<=\\b(?:ok|okay|so) )|(?=(?:put|pop|stick|add|get) (?:that|it|this) (?:on|onto|to|down on) (?:my|the) (?:[a-z-]+ )?list$))'
const THAT = '(?:that|it|this)'
const AS = '(?: (?:as|into))?(?: (?:a|an|my))?(?: new)?'
const endings = [
  `${ASKING}(?:add|put|note|save|write|jot|pop|stick|chuck|bung|throw|get|remember|log) ${THAT}(?: down| in)?(?: (?:to|on|onto|in|into|as|for) (?:my |the |a |our )?(?:(?:to-?do|task|shopping|grocery) list|lists?|tasks?|to-?dos?|pile|there)| there)?`,
  `${ASKING}(?:add|make|create|set)(?: me| up)? (?:an?|another) (?:task|reminder|to-?do|note)(?: for (?:that|it|this))?`,
  '(?:(?:can|could) you |please )?remind me(?: (?:of|about) (?:that|it|this))?',
  `${ASKING}(?:make|take|keep) (?:a |some )?(?:mental )?notes? of ${THAT}`,
  `${ASKING}(?:set|make|add|put|save|create|note) ${THAT}(?: up| down)?${AS} (?:(?<how>daily|weekly|monthly|recurring) )?(?:task|to-?do|reminder|one|thing)`,
]
const afterthought = new RegExp(
  `(?:(?:\\s*[,.;:!-]+|\\s+-)\\s*(?:and |so )?|${UNPAUSED})(?:${endings.join('|')})(?: for me)?(?: please| pls| thanks)?(?:,? (?:would|will|could|can) (?:you|ya|u))?(?: please)?(?: ?\\p{Extended_Pictographic}\\uFE0F?)*$` +
    '|\\s*[,.]\\s*(?:(?:isay|ise|isko|yeh|ye) )?(?:(?:meri )?list (?:mein|me) (?:daal|likh|add kar|shamil kar)|add kar|likh|note kar|shamil kar) (?:do|lo|dein|den)$|\\s*[,.]\\s*(?:mujhe )?yaad (?:rakhna|rakho|dilana|dilao|dila dena|dila do)$' +
    '|\\s*[,.]\\s*(?:(?:اسے|یہ) )?(?:(?:میری )?(?:لسٹ|فہرست) میں )?(?:لکھ|ڈال|نوٹ کر|شامل کر|درج کر) (?:دو|لو|لیں|دیں)$',
  'u',
)

export function noted(message: Text, context: Context): Clause | undefined {
  const text = withoutEnding(message)
  const match = afterthought.exec(text.norm)
  if (!match || match.index === 0) return undefined
  const before = slice(text, 0, match.index)
  const repeated = (details: Details) => repeating(details, match.groups?.how, context)
  const reading = readClause(before, context)
  if (reading?.goal.do === 'add') {
    const goal = { ...reading.goal, details: repeated(reading.goal.details) }
    return { text, reading: { goal, guess: false } }
  }
  // "my flight is on the 3rd, add it": told of a task it would be a change, but this asks for a new one.
  const news = reading?.goal.do === 'update' && !commandVerbs.has(/^\w*/.exec(before.norm)?.[0] ?? '')
  if (reading && !reading.guess && reading.goal.do !== 'say' && !news) return undefined
  const details = repeated(readDetails(newsOnly(before), context.clock))
  const title = details.title?.replace(/^(?:mujhe|mujhay|مجھے) (?=\S)/iu, '')
  return {
    text,
    reading: { goal: { do: 'add', details: { ...details, ...(title && { title }) } }, guess: false },
  }
}

/** "yaar, I've got a meeting on Wednesday": the meeting is what there is to note. */
function newsOnly(before: Text): Text {
  let text = before
  for (let lead = courtesy.exec(text.norm); lead; lead = courtesy.exec(text.norm))
    text = slice(text, lead[0].length)
  text = slice(text, teller.exec(text.norm)?.[0].length ?? 0)
  return slice(text, 0, / (?:hai|hain|ہے|ہیں)$/.exec(text.norm)?.index)
}

const teller =
  /^(?:(?:i|we)(?:'ve| have)?(?: also| just)?(?: got)?|there(?:'s| is)|i(?:'ve been| have been| keep| kept) (?:meaning|wanting|planning|intending|trying|forgetting) to|i (?:always|keep) forget to|(?:i )?(?:still )?haven't (?:got|gotten|managed)(?: a?round)? to|(?:it's|it is)(?= (?:my|our|the))|mujhe|mera|meri|مجھے|میرا|میری)(?: an?(?= ))? (?=\S)/

/** "…, make that a weekly task": begins today when no day was told. */
function repeating(details: Details, how: string | undefined, { clock }: Context): Details {
  if (!how || how === 'recurring' || details.recurrence) return details
  const start = details.due_date ?? readWhen('today', clock)?.due ?? null
  return { ...details, recurrence: recurrenceOf(how), due_date: start }
}
