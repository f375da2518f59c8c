import { findWhen } from './dates.ts'
import { addRules, bareRules, wideAddRules } from './grammar-en-add.ts'
import { askRules, terseRules } from './grammar-en-ask.ts'
import { changeRules, fieldRules, stateRules } from './grammar-en-change.ts'
import { remindRules } from './grammar-en-remind.ts'
import { offTopicRules, talkRules } from './grammar-en-talk.ts'
import { urduRules } from './grammar-urdu.ts'
import type { Language } from './language.ts'
import { firstReading, type Reading, type Rule } from './rule.ts'
import { spelled, withoutGerund } from './spelling.ts'
import { slice, type Text, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** The whole grammar in the order in which it is tried: what is said most exactly comes first. */
const english: Rule[] = [
  ...remindRules,
  ...talkRules,
  ...fieldRules,
  ...addRules,
  ...askRules,
  ...changeRules,
  ...wideAddRules,
  ...stateRules,
  ...bareRules,
  ...terseRules,
  ...offTopicRules,
]

const grammars: Record<Language, Rule[]> = {
  en: english,
  ur: [...urduRules, ...english],
  roman: [...urduRules, ...english],
}

const courtesy =
  /^(?:please|pls|plz|kindly|hey|hi|hello|ok|okay|alright|all right|so|well|now|also|then|next|and|but|oh|um|uh|actually|sorry|just|quickly|assistant|colloquy|great|thanks|thank you|cool|perfect|go ahead and|i(?:'m| am| was)? (?:just )?wonder(?:ing|ed)? if (?:you|i|we) (?:could|can|might)|do you think (?:you|i) (?:could|can)|any chance (?:you|i) (?:could|can)|i(?:'d| would) be grateful if you(?: could| would)?|it(?:'d| would) be (?:great|nice|lovely|good) if you (?:could|would)|i was hoping (?:you could|to)|could i get you to|would you mind|do you mind|mind|i(?:'d| would) appreciate(?: it)? if you(?: could| would)?|(?:could|can|would|will|cud|wud) (?:you|u|ya)(?: (?:please|pls|plz|kindly|just|maybe|possibly|help me(?: to)?))*|cn u|can we|could we|may i|can i|could i|pretty please|(?:would you )?be (?:so|very) kind (?:as|enough) to|sorry to (?:bother|disturb|trouble|interrupt)(?: you)?(?: again)?|if you (?:could|can|don't mind)|is it possible to|would it be possible to|i(?:'d| would) like (?:you )?to|i(?:'d| would) (?:like|love) to|i want (?:you )?to|i wanna|i need (?:you )?to|i(?:'m| am) (?:going|trying) to|i'll|let's|lets|let us|let me|lemme|gimme|help me(?: to)?|time to|remember to(?= (?:mark|delete|complete|remove|update|rename))|you can|you should|be so kind as to|do me a favou?r and|i think|i guess|i said|i meant|i mean|yes|yeah|yep|no|nope|nah|wait|hmm+|whoops|oops|my bad|and then|after that|lastly|additionally|plus|btw|by the way|fyi|look|listen|right|instead|rather|zara|acha|accha|achha|bhai|yaar|meherbani karke|براہ کرم|اچھا|ذرا|(?:first|second|finally|lastly|firstly),)(?:[,:!.-]+ *| +)(?=\S)/

const closing =
  /(?:[,.! ]+(?:please|pls|plz|thanks|thank you|thanks a lot|thank you (?:so|very) much|thx|ty|tysm|cheers|if you can|if possible|if you (?:don't|do not) mind|when(?:ever)? you (?:can|like|get a chance|have (?:a |some )?(?:time|moment|minute|sec|second))|at your convenience|would you|will you|can you|could you|for me|asap please|mate|buddy|ok|okay|براہ کرم|پلیز|شکریہ|meherbani|shukriya|(?<=[,.!-] *)(?:yes|yes please|confirmed|i confirm|i'm sure|i am sure)))+$/

const bullet = /^(?:[-*•+]|\d{1,2}[.)]|\[ ?\]) +(?=\S)/

const MOST_COURTESIES = 6
// No request is longer: a title, a description and the words around them. Also keeps every pattern's work bounded.
const LONGEST_CLAUSE = 1600

/** Reads one request; courtesies at its beginning are taken off only when it cannot be read with them. */
export function readClause(
  given: Text,
  { language, clock }: { language: Language; clock: Clock },
): Reading | undefined {
  let text = withoutEnding(given)
  text = slice(text, bullet.exec(text.norm)?.[0].length ?? 0)
  if (text.norm === '' || text.norm.length > LONGEST_CLAUSE) return undefined
  const end = closing.exec(text.norm)?.index
  if (end) text = withoutEnding(slice(text, 0, end))
  let guessed: Reading | undefined
  for (let round = 0; round <= MOST_COURTESIES; round += 1) {
    text = spelled(round > 0 ? withoutGerund(text) : text)
    const reading = firstReading(grammars[language], text, clock)
    if (reading && !reading.guess) return reading
    guessed = better(guessed, reading)
    const polite = courtesy.exec(text.norm)
    if (!polite) return guessed?.goal.do === 'add' ? guessed : (dateFirst(text, clock) ?? guessed)
    text = slice(text, polite[0].length)
  }
  return guessed
}

/** "on Wednesday I need to pick up the cake": the date stands before the request. */
function dateFirst(text: Text, clock: Clock): Reading | undefined {
  const found = findWhen(text.norm, clock)
  if (!found?.when || found.start > 0) return undefined
  const reading = firstReading(
    [...addRules, ...wideAddRules],
    slice(text, found.end).norm.startsWith(',') ? slice(text, found.end + 1) : slice(text, found.end),
    clock,
  )
  if (reading?.goal.do !== 'add' || reading.goal.details.due_date) return undefined
  const { due, hasTime } = found.when
  return {
    ...reading,
    goal: {
      ...reading.goal,
      details: { ...reading.goal.details, due_date: due, ...(hasTime ? { timed: true } : {}) },
    },
  }
}

/** "please buy milk" is a task, though "please …" alone may look off topic. */
const better = (before: Reading | undefined, now: Reading | undefined) =>
  !before || (before.goal.do === 'say' && now) ? now : before
