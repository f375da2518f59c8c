/**
 * Whether a message is a plain yes or no, in any supported language. It may contain only words known to mean one of
 * them, and filler words: "yes, but list them first" is a request, not consent.
 */
export type Verdict = 'yes' | 'no' | 'other'

const phrases = (text: string) => new Set(text.split('|').map(phrase => phrase.trim()))

const yes = phrases(
  'yes|y|yep|yeah|yup|yea|ya|yess|yes sir|sure|sure thing|ok|okay|k|confirm|confirmed|i confirm|affirmative|absolutely|definitely|' +
    "certainly|of course|correct|right|exactly|go ahead|do it|do that|go for it|proceed|i am sure|i'm sure|im sure|i do|sounds good|" +
    "that's right|thats right|that is right|that's correct|by all means|delete it|delete them|delete them all|delete all of them|" +
    'remove it|remove them|go on then|please do|do please|yes i am|yes i do|👍|✅|✔|👌|💯|' +
    'haan|han|haa|hanji|haanji|ji|jee|g|ji haan|jee haan|theek hai|thik hai|theek|bilkul|zaroor|zarur|sahi|sahi hai|kar do|kardo|' +
    'kar dein|kar dijiye|kar den|krdo|kr do|karo|delete kar do|delete kardo|delete karo|hata do|mita do|' +
    'ہاں|ہاں جی|جی|جی ہاں|جی بالکل|ٹھیک ہے|ٹھیک|بالکل|ضرور|درست|تصدیق|کر دو|کردو|کر دیں|کردیں|کریں|کرو|حذف کر دو|حذف کردو|' +
    'حذف کر دیں|حذف کریں|ہٹا دو|ہٹا دیں|مٹا دو',
)

const no = phrases(
  "no|n|nope|nah|nay|never mind|nevermind|nvm|cancel|cancel it|cancel that|stop|don't|dont|do not|don't do it|don't do that|" +
    "don't delete it|dont delete it|do not delete it|don't delete them|don't delete|do not|no thanks|no thank you|not sure|" +
    "i'm not sure|im not sure|i am not sure|not now|leave it|leave them|keep it|keep them|keep that|forget it|forget that|wait|" +
    "hold on|hang on|leave it be|leave it alone|leave that|no way|abort|not yet|maybe not|maybe later|maybe|perhaps|perhaps not|changed my mind|i changed my mind|i've changed my mind|" +
    "i don't know|i dont know|dunno|better not|i'd rather not|rather not|negative|not really|absolutely not|of course not|" +
    "definitely not|i don't want to|i don't think so|let me think|on second thought|on second thoughts|👎|❌|" +
    'nahin|nahi|nai|nahee|na|nhi|naheen|ji nahin|ji nahi|mat karo|mat|mat karna|rehne do|rehnay do|rehne dein|chhoro|choro|chhor do|' +
    'jane do|janay do|pata nahin|pata nahi|nahi karo|nahin karo|delete mat karo|delete na karo|ruko|' +
    'نہیں|نہ|نا|جی نہیں|مت|مت کرو|مت کریں|رہنے دو|رہنے دیں|چھوڑو|چھوڑ دو|چھوڑ دیں|جانے دو|جانے دیں|منسوخ|منسوخ کرو|پتا نہیں|پتہ نہیں|یقین نہیں|' +
    'مجھے یقین نہیں|نہ کرو|نہ کریں|حذف مت کرو|حذف نہ کریں|رکو',
)

const filler = phrases(
  'please|pls|plz|lol|haha|mate|go on|ta|thx|cheers|ah|both|both of them|all three|to all|to both|each of them|every one|now|then|thanks|thank you|just|it|that|oh|hmm|um|actually|well|so|all|all of them|do|really|100%|already|to|and|' +
    'sir|bhai|yaar|abhi|acha|achha|accha|اچھا|براہ کرم|ابھی|پلیز|شکریہ',
)

const words = (message: string) =>
  message
    .normalize('NFC')
    .toLowerCase()
    .replace(/[‘’`´]/g, "'")
    .replace(/[يى]/g, 'ی')
    .replace(/ك/g, 'ک')
    .replace(/ه/g, 'ہ')
    .replace(/[\u200B-\u200F\u2060-\u2069\uFEFF"]|\uFE0F|\p{Emoji_Modifier}/gu, '')
    .replace(/(👍|👎|✅|✔|❌|👌|💯)/gu, ' $1 ')
    .split(/[\s.,!;:…،۔()*_-]+/u)
    .filter(word => word !== '')

const LONGEST_PHRASE = 4
const MOST_WORDS = 12

function kindAt(all: string[], at: number): { kind: 'yes' | 'no' | 'filler'; length: number } | undefined {
  for (let length = Math.min(LONGEST_PHRASE, all.length - at); length > 0; length -= 1) {
    const phrase = all.slice(at, at + length).join(' ')
    if (no.has(phrase)) return { kind: 'no', length }
    if (yes.has(phrase)) return { kind: 'yes', length }
    if (filler.has(phrase)) return { kind: 'filler', length }
  }
  return undefined
}

/** `yes` or `no` only if the message says nothing else; a question ("yes?") is `other`. */
export function verdictOf(message: string): Verdict {
  // A plain answer is short; a long message is a request, however it starts.
  if (message.length > 200 || /[?؟]/.test(message)) return 'other'
  const all = words(message)
  if (all.length === 0 || all.length > MOST_WORDS) return 'other'
  const kinds = new Set<string>()
  for (let at = 0; at < all.length; ) {
    const found = kindAt(all, at)
    if (!found) return 'other'
    kinds.add(found.kind)
    at += found.length
  }
  if (kinds.has('yes')) return kinds.has('no') ? 'other' : 'yes'
  return kinds.has('no') ? 'no' : 'other'
}

// "ok" is missing here since "ok, delete task 4" merely starts a request; a yes at the end must stand apart, or it
// could be part of a title.
const startsWithYes =
  /^\s*(?:yes|yep|yeah|yup|confirmed|i confirm|i(?:'|’)?m sure|i am sure|haan|han|ji haan|jee haan|جی ہاں|ہاں)(?:[\s,.!:;،۔—–-]+)(?<rest>.+)$/isu
const endsWithYes =
  /^(?<rest>.+?)\s*[,.!:;،۔—–-]\s*(?:yes|yes please|confirmed|i confirm|i(?:'|’)?m sure|i am sure|haan|ji haan|جی ہاں|ہاں)[\s.!]*$/isu
const deletion =
  /^(?:please |just |go ahead and |do )?(?:delete|remove|erase|get rid of)\s|\s(?:delete|hata|mita|حذف|ہٹا|مٹا)\s?(?:kar|kr|کر|do|دو|دیں)/iu
const unsure =
  /\b(?:but|first|wait|not|n't|don't|dont|unless|if|except|before|after|mat|nahi|nahin)\b|لیکن|پہلے|نہیں|مت/iu

/**
 * Whether a message contains both request and confirmation: "yes, delete task 4". With `taskId`, a message that names
 * tasks by number confirms only those.
 */
export function confirmsItself(message: string, taskId?: number): boolean {
  if (message.length > 300 || /[?؟]/.test(message)) return false
  const rest = (startsWithYes.exec(message) ?? endsWithYes.exec(message))?.groups?.rest ?? ''
  if (!deletion.test(rest.trim()) || unsure.test(rest)) return false
  const named = (rest.match(/\d+/g) ?? []).map(Number)
  return taskId === undefined || named.length === 0 || named.includes(taskId)
}
