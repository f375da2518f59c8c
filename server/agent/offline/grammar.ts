import { addRules, bareRules, wideAddRules } from './grammar-en-add.ts'
import { askRules, terseRules } from './grammar-en-ask.ts'
import { changeRules, fieldRules, stateRules } from './grammar-en-change.ts'
import { offTopicRules, talkRules } from './grammar-en-talk.ts'
import { urduRules } from './grammar-urdu.ts'
import type { Language } from './language.ts'
import { firstReading, type Reading, type Rule } from './rule.ts'
import { slice, type Text, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** The whole grammar in the order in which it is tried: what is said most exactly comes first. */
const english: Rule[] = [
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
  /^(?:please|pls|plz|kindly|hey|hi|hello|ok|okay|alright|all right|so|well|now|also|then|next|and|but|oh|um|uh|actually|sorry|just|quickly|assistant|colloquy|great|thanks|thank you|cool|perfect|go ahead and|could you|can you|would you|will you|can we|could we|may i|can i|could i|would you mind|do you mind|i(?:'d| would) like (?:you )?to|i(?:'d| would) (?:like|love) to|i want (?:you )?to|i wanna|i need (?:you )?to|i(?:'m| am) (?:going|trying) to|let's|lets|let us|let me|help me(?: to)?|you can|you should|be so kind as to|do me a favou?r and|i think|i guess|i said|i meant|i mean|yes|yeah|no|nope|nah|wait|instead|rather|zara|acha|accha|achha|bhai|yaar|meherbani karke|براہ کرم|اچھا|ذرا|(?:first|second|finally|lastly|firstly),)(?:[,:!.-]+ *| +)(?=\S)/

const closing =
  /(?:[,.! ]+(?:please|pls|plz|thanks|thank you|thanks a lot|thank you very much|thx|if you can|if possible|would you|will you|can you|could you|ok|okay|براہ کرم|پلیز|شکریہ|meherbani|shukriya|(?<=[,.!-] *)(?:yes|yes please|confirmed|i confirm|i'm sure|i am sure)))+$/

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
    const reading = firstReading(grammars[language], text, clock)
    if (reading && !reading.guess) return reading
    guessed = better(guessed, reading)
    const polite = courtesy.exec(text.norm)
    if (!polite) return guessed
    text = slice(text, polite[0].length)
  }
  return guessed
}

/** "please buy milk" is a task, though "please …" alone may look off topic. */
const better = (before: Reading | undefined, now: Reading | undefined) =>
  !before || (before.goal.do === 'say' && now) ? now : before
