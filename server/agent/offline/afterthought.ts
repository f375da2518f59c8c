import type { Clause, Context } from './clauses.ts'
import { readWhen } from './dates.ts'
import { readDetails } from './details.ts'
import type { Details } from './goal.ts'
import { readClause } from './grammar.ts'
import { recurrenceOf } from './repetition.ts'
import { slice, type Text, withoutEnding } from './text.ts'

/** "renew the licence by April 15th, add that please": what is to be added stands before the request for it. */

const ASKING = '(?:please |pls |plz |(?:can|could|would|will|cud) (?:you|u|ya) |just |so |better )*'
const THAT = '(?:that|it|this)'
const AS = '(?: (?:as|into))?(?: (?:a|an|my))?(?: new)?'
const endings = [
  `${ASKING}(?:add|put|note|save|write|jot|pop|stick|chuck|bung|throw|get|remember|log) ${THAT}(?: down| in)?(?: (?:to|on|onto|in|into|as|for) (?:my |the |a |our )?(?:(?:to-?do|task|shopping|grocery) list|lists?|tasks?|to-?dos?|pile|there)| there)?`,
  `${ASKING}(?:make|take|keep) (?:a |some )?(?:mental )?notes? of ${THAT}`,
  `${ASKING}(?:set|make|add|put|save|create|note) ${THAT}(?: up| down)?${AS} (?:(?<how>daily|weekly|monthly|recurring) )?(?:task|to-?do|reminder|one|thing)`,
]
const afterthought = new RegExp(
  `(?:\\s*[,.;:!-]+|\\s+-)\\s*(?:and )?(?:${endings.join('|')})(?: for me)?(?: please| pls| thanks)?(?: ?\\p{Extended_Pictographic}\\uFE0F?)*$` +
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
  if (reading && !reading.guess && reading.goal.do !== 'say') return undefined
  const details = repeated(readDetails(before, context.clock))
  return { text, reading: { goal: { do: 'add', details }, guess: false } }
}

/** "…, make that a weekly task": begins today when no day was told. */
function repeating(details: Details, how: string | undefined, { clock }: Context): Details {
  if (!how || how === 'recurring' || details.recurrence) return details
  const start = details.due_date ?? readWhen('today', clock)?.due ?? null
  return { ...details, recurrence: recurrenceOf(how), due_date: start }
}
