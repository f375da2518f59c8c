import { slice, type Text, without, withoutEnding } from './text.ts'

/** Words around a request that ask for nothing themselves: greetings, thanks, excuses, sighs, text-speak. Data: grow it here. */

/** What may lead to a request; taken off only where the request cannot be read with it. */
const leads = [
  'please|pls|plz|kindly|hey|hi|hiya|hello|yo|(?:morning|evening)(?=[,.!])|ok|okay|alright|all right|so|well|now|also|then|next|and|but|oh|oi|ah|aha|um|uh|er|erm|good (?:morning|afternoon|evening|day)',
  'ugh|argh|phew|omg|omfg|(?:oh )?(?:my )?(?:god|gosh|goodness)|jeez|blimey|crikey|right then|now then|ok then|yay|woo ?hoo|lol|haha+|finally|anyway|anyways|basically|honestly|tbh|apparently|(?:it )?turns out(?: that)?|good news|bad news|spoke too soon|false alarm|correction|change of plans?|(?:quick |small )?update|heads up|oh dear|silly me|(?:my )?mistake',
  'actually|sorry|just|quickly|quick one|real quick|assistant|colloquy|great|nice|lovely|brilliant|excellent|awesome|fab|cool|perfect|thanks|thank you|thx|ta|cheers|go ahead and|go on',
  "i(?:'m| am| was)? (?:just )?wonder(?:ing|ed)? if (?:you|i|we) (?:could|can|might)|do you think (?:you|i) (?:could|can)|any chance (?:you|i) (?:could|can)",
  "i(?:'d| would) be grateful if you(?: could| would)?|it(?:'d| would) be (?:great|nice|lovely|good) if you (?:could|would)|i was hoping (?:you could|to)|could i get you to",
  "would you mind|do you mind|mind|i(?:'d| would) appreciate(?: it)? if you(?: could| would)?|(?:could|can|would|will|cud|wud) (?:you|u|ya)(?: (?:please|pls|plz|kindly|just|maybe|possibly|help me(?: to)?))*",
  'cn u|can we|could we|may i|can i|could i|pretty please|(?:would you )?be (?:so|very) kind (?:as|enough) to|sorry to (?:bother|disturb|trouble|interrupt)(?: you)?(?: again)?',
  "if you (?:could|can|don't mind|get (?:a|the) (?:chance|moment|minute|sec|second)|have (?:a |some )?(?:time|moment|minute|sec|second))",
  'when(?:ever)? you (?:can|like|get (?:a|the) (?:chance|moment|minute|min|sec|second)|have (?:a |some )?(?:time|moment|minute|min|sec|second))',
  "i(?:'m| am| was)? (?:just |only )?thinking(?:,? (?:maybe|perhaps|that|about)?)?(?= (?:could|can|you|we|i))|maybe(?= (?:could|can|you|we))|is it possible to|would it be possible to|i(?:'d| would) like (?:you )?to|i(?:'d| would) (?:just |only |really )?(?:like|love) to|i (?:only |just |really )?want (?:you )?to|i wanna|i need (?:you )?to|i(?:'m| am) (?:going|trying) to",
  "i'll|let's|lets|let us|let me|lemme|gimme|help me(?: to)?|time to|remember to(?= (?:mark|delete|complete|remove|update|rename))|you can|you should|you may|feel free to|be so kind as to|do me a favou?r and",
  'i think|i guess|i reckon|i said|i meant|i mean|yes|yeah|yep|no|nope|nah|wait|hmm+|whoops|oops|my bad|and then|after that|lastly|additionally|plus|btw|by the way|fyi|look|listen|right|instead|rather|(?:remind|tell) me(?= (?:what|which|how many)\\b)',
  'zara|acha|accha|achha|bhai|yaar|meherbani karke|براہ کرم|اچھا|ذرا|(?:first|second|finally|lastly|firstly),',
]

export const courtesy = new RegExp(`^(?:${leads.join('|')})(?:[,:!.-]+ *| +)(?=\\S)`)

const asides =
  'lol|lmao|haha+|hehe|btw|by the way|tbh|fyi|ngl|innit|phew|at last|thank (?:god|goodness|heavens)|finally|if you would|be a (?:dear|love|star)'

/** What may follow one. */
export const closing = new RegExp(
  `(?:[,.! ]+(?:please|pls|plz|thanks|thank you|thanks a lot|thank you (?:so|very) much|thx|ty|tysm|ta|cheers|if you can|if possible|if you (?:don't|do not) mind|when(?:ever)? you (?:can|like|get (?:a|the) (?:chance|sec|second|moment|minute|min)|have (?:a |some )?(?:time|moment|minute|sec|second))|while you(?:'re| are) (?:at it|there)|at your convenience|(?:would|will|can|could) (?:you|ya|u)|for me|asap please|mate|buddy|ok|okay|${asides}|براہ کرم|پلیز|شکریہ|meherbani|shukriya|(?<=[,.!-] *)(?:yes|yes please|confirmed|i confirm|i'm sure|i am sure)))+$`,
)

const ADDRESSEE = 'mate|pal|buddy|friend|dear|love|man|bro|guys|assistant|colloquy|there|all'
const THANKS = `(?:many |so many |huge |big |a big )?(?:thanks|thank (?:you|u|ya)|thankyou|thx|thnx|ty|tysm|ta|cheers|shukriya|شکریہ)(?: (?:so|very|ever|much|really|kindly|again|always|a|bunch|million|lot|lots|ton|tons|heap|heaps|in advance|as always|for|that|this|it|everything|all|your|the|help|helping|me|with|you|today|now|${ADDRESSEE}))*`
const PRAISE =
  "(?:you(?:'re| are|ve been| have been|'ve been)|ur|that(?:'s| is|'d be| would be| was)) (?:really |so |such |very |super |just |being |been |a |an |the |most |absolute |real |total )*(?:star|legend|lifesaver|life saver|gem|angel|darling|hero|champ|best|great|helpful|kind|brilliant|wonderful|amazing|awesome|lovely|perfect|appreciated|sweet|help|treasure)(?: help)?"
const FAREWELL = `(?:have|enjoy) (?:a |an |the |your )?(?:really |very )?(?:good|great|lovely|nice|wonderful|fab|fantastic|pleasant|rest of (?:the |your )?)? ?(?:day|evening|morning|afternoon|night|week|weekend|one)|(?:bye|good ?bye|take care|see (?:you|ya)(?: later| soon)?|speak soon|talk (?:later|soon)|ttyl)(?: (?:for now|${ADDRESSEE}))?|(?:much |very much |really )?appreciated|(?:i )?(?:really )?appreciate (?:it|that|this|your help)|i (?:don't know what i'd do|would be lost|'d be lost) without you`

/** A sentence that only thanks, praises or takes leave. */
export const PLEASANTRY = `(?:(?:and|so|ok|okay) )?(?:${THANKS}|${PRAISE}|${FAREWELL})`

const pleasantEnd = new RegExp(`(?:[.,!?;:\\n-]+\\s*|\\s+-\\s+)(?:${PLEASANTRY})(?:\\s*[.!:)]|\\s*xx*)*$`)
const onlyPleasant = new RegExp(`^(?:${PLEASANTRY})$`)

export const isPleasantry = ({ norm }: Text) => onlyPleasant.test(norm)

const MOST_PLEASANTRIES = 4

/** "add bread. Thanks, you're a star!": the request alone; a message of nothing but thanks stays as it is. */
function withoutPleasantries(text: Text): Text {
  let rest = text
  for (let round = 0; round < MOST_PLEASANTRIES; round += 1) {
    const end = pleasantEnd.exec(rest.norm)?.index
    if (!end || isPleasantry(withoutEnding(rest))) return rest
    rest = slice(rest, 0, end)
  }
  return rest
}

/** Text-speak that stands for words of a request. None of it alters what a title is likely to hold. */
const shorthand: [pattern: RegExp, by: string][] = [
  [/(?<=\b(?:done|finished|dealing) )w\/ ?(?=\S)/, 'with '],
  [/(?<=\b(?:left|got|have|stuff|things|tasks|what) )2(?= ?do\b)/, 'to'],
  [/\b(?:wot|wat)(?=(?:'?s| have| do| is| else)\b)/, 'what'],
  [/\bwhats(?= )/, "what's"],
  [/(?<=^|[,.!] |\b(?:and|so|ok|but) )im(?= )/, "i'm"],
  [/(?<=^|[,.!] |\b(?:and|so|ok|but) )ive(?= )/, "i've"],
  [/\bhavent(?= )/, "haven't"],
  [/\bisnt(?= )/, "isn't"],
  [/\bdoesnt(?= )/, "doesn't"],
  [/\b(?:dont|don;t)(?= )/, "don't"],
  [/(?<=\b(?:remind me|need|have|got|want|remember|forget|like) )2(?= [a-z])/, 'to'],
  [/(?<=\b(?:remind me|task|reminder|something|anything|know) )bout(?= )/, 'about'],
  [/\bb4(?= )/, 'before'],
  [/\b(?:wots|wats)(?= )/, "what's"],
  [/\bhows(?= )/, "how's"],
  [/(?<=\b(?:i|we|you) )hav(?= )/, 'have'],
  [/\b(?:evrything|everthing|everyting|evrythin|everythin)\b/, 'everything'],
  [/(?<=[a-z] )r(?= (?:done|due|finished|sorted)\b)/, 'are'],
  [/(?<=\b(?:as|is|are|all) )dun$/, 'done'],
]

/** Sounds between words, of who dictates; "ER" is a place, so it needs a comma. */
const hesitation = /(?<![\p{L}\p{N}'-])(?:u+m+|u+h+m*|e+r+m+|e+r+(?=[,.]))(?![\p{L}\p{N}'-])[,.…]*\s*/u
const MOST_HESITATIONS = 8

function withoutHesitation(given: Text): Text {
  let text = given
  for (let round = 0; round < MOST_HESITATIONS; round += 1) {
    const match = hesitation.exec(text.norm)
    if (!match) return text
    text = without(text, match.index, match.index + match[0].length)
  }
  return text
}

/** "done!!! 🎉": what stands behind the end of a sentence says nothing more. */
const cheer = /(?<=[.!?…]\s*)(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\u200D|\s)+$/u

const withoutCheer = (text: Text) => slice(text, 0, cheer.exec(text.norm)?.index)

function inFull(given: Text): Text {
  let text = given
  for (const [pattern, by] of shorthand) {
    const match = pattern.exec(text.norm)
    if (!match) continue
    const [from, to] = [match.index, match.index + match[0].length]
    const put = (side: string) => side.slice(0, from) + by + side.slice(to)
    text = { raw: put(text.raw), norm: put(text.norm) }
  }
  return text
}

/** A message without what surrounds its requests. */
/** "1. milk 2. eggs": numbers within a line begin lines of their own. */
function itemised(text: Text): Text {
  if (!/(?:^|: ?)1[.)] \S.* 2[.)] \S/.test(text.norm)) return text
  const put = (side: string) => side.replace(/ (?=\d{1,2}[.)] \S)/g, '\n')
  return { raw: put(text.raw), norm: put(text.norm) }
}

export const plainSpeech = (text: Text): Text =>
  inFull(itemised(withoutPleasantries(withoutHesitation(withoutCheer(text)))))
