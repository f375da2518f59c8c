import { datedAtEnd, reschedule, update } from './change-goals.ts'
import { readWhen } from './dates.ts'
import { readDetails, sentenceCase, splitTags } from './details.ts'
import type { Act, Goal, Topic } from './goal.ts'
import { listOrFind } from './grammar-en-ask.ts'
import {
  A,
  ADD,
  COMPLETE,
  DO,
  END,
  IT,
  LEVEL,
  levels,
  NOT_DONE,
  OPEN,
  REMOVE,
  REOPEN,
  REST,
  SHOW,
  SUBJECT,
  T,
  TASK,
} from './lexicon-urdu.ts'
import { guess, type Rule, rule, type Slots } from './rule.ts'
import { readTarget } from './target.ts'
import { isQuoted, type Text, unquoted } from './text.ts'
import type { Clock } from './zone.ts'

/** Urdu, in its own script and in Roman letters: one grammar, since the order of words is the same. */

const urdu = (source: string, read: Rule['read']) => rule(`(?:${source})${END}`, read)

/** "mujhe doodh lana hai": what is to be done is "doodh lana". */
function noted(given: Text, clock: Clock): Goal {
  const details = readDetails(given, clock)
  const title = details.title?.replace(
    /^(?:mujhe|mujhay|hamein|humein|مجھے|ہمیں) | (?:hai|hain|ہے|ہیں)$/giu,
    '',
  )
  return { do: 'add', details: { ...details, ...(title ? { title: sentenceCase(title) } : {}) } }
}

const add = (slot: Slots, clock: Clock): Goal => noted(slot('rest'), clock)
const act =
  (what: Act) =>
  (slot: Slots): Goal => ({ do: what, target: readTarget(slot('target')) })
const say = (topic: Topic) => (): Goal => ({ do: 'say', topic })
const title = (text: Text) => (isQuoted(text) ? unquoted(text) : text.raw)

export const urduRules: Rule[] = [
  rule(
    '(?:(?:as+alam|salaam|salam|aslam)(?:[ -]?[ou]?[ -]?a?lai?kum)?|adaab|aadab|kya haal hai|kaise ho|kaise hain|سلام|السلام علیکم|السلام و علیکم|آداب|کیا حال ہے)[,.! ]*.{0,20}',
    say('greeting'),
  ),
  rule(
    '(?:(?:bohat |bahut |bohot )?(?:shukriya|shukria|meherbani|mehrbani)|(?:بہت )?(?:شکریہ|مہربانی))(?: .{0,20})?',
    say('thanks'),
  ),
  rule('(?:khuda hafiz|allah hafiz|خدا حافظ|اللہ حافظ)', say('bye')),
  rule(
    '(?:madad|meri madad karo|tum kya kar sakte ho|aap kya kar sakte hain|kya kar sakte ho|مدد|مدد کرو|میری مدد کرو|(?:tum|aap) (?:kaun|kon) (?:ho|hain|hein)|(?:تم|آپ) کون (?:ہو|ہیں)|آپ کیا کر سکتے ہیں|تم کیا کر سکتے ہو|کیا کر سکتے ہو)',
    say('help'),
  ),
  guess('.*(?:mausam|khabren|khabar|موسم|خبریں|خبر)(?![\\p{L}]).*', say('offTopic')),
  rule('(?:main kaun hoon|mein kaun hun|main kon hun|میں کون ہوں)', () => ({ do: 'whoami' })),
  urdu(
    `${REST} (?:(?:mat|na|nahin?) bhool(?:na|iye|ein|o)?|bhool(?:na)? (?:mat|na|nahin?)(?: jana| jaana)?|(?:مت|نہ|نہیں) بھول(?:نا|یے|و)?|بھول(?:نا)? (?:مت|نہ|نہیں)(?: جانا)?)`,
    add,
  ),
  urdu(
    `.* ?(?:mat|na|nahin?|مت|نہ|نہیں) (?:delete|remove|mark|complete|mita\\w*|hata\\w*|badal\\w*|tabdeel|khatam|mukammal|nikal\\w*|cher\\w*|حذف|مٹا\\p{L}*|ہٹا\\p{L}*|بدل\\p{L}*|تبدیل|ختم|مکمل|نکال\\p{L}*|چھیڑ\\p{L}*)(?: .*)?`,
    say('leftAlone'),
  ),
  urdu(`${A}${TASK} ${ADD}(?: ?${DO})?(?:(?: ?[:-] ?| ki? )${REST})?`, add),
  urdu(`${A}${TASK}(?: ?[:-] ?| )(?<rest>"[^"]+"|[^:]+?) ${ADD}(?: ?${DO})?`, add),
  urdu(`(?:${A}naya ${TASK}|نیا ${TASK})(?: ?[:-] ?| )${REST}`, add),
  urdu(
    `(?:mujhe |mujhay |مجھے )?${REST}(?: (?:ka|ki|ke|کا|کی|کے))? (?:yaad|یاد) (?:dila(?:o|na|dena|do| do| dena|dein)?|dilaa?na|karwa(?:o|na|do)?|rakh(?:na|o)|دلانا|دلاؤ|دلا دینا|دلا دو|دلا دیں|کروانا|کرا دینا|رکھنا)`,
    add,
  ),
  urdu(`(?:mujhe |mujhay |مجھے )(?:yaad|یاد) (?:dila\\w*|دلانا|دلاؤ)(?: (?:ke|keh|کہ))?:? ${REST}`, add),
  urdu(
    `(?:(?:meri|mere|میری) )?(?:list|fehrist|فہرست|لسٹ) (?:mein|me|main|میں) ${REST} ${ADD}(?: ?${DO})?`,
    add,
  ),
  urdu(
    `${REST} (?:(?:meri|mere|میری) )?(?:list|fehrist|فہرست|لسٹ) (?:mein|me|main|میں) ${ADD}(?: ?${DO})?`,
    add,
  ),
  urdu(`(?<rest>.+? (?:ke liye|کے لیے)) ${A}${TASK} ${ADD}(?: ?${DO})? ?: ?(?<more>.+?)`, (slot, clock) => {
    const [when, what] = [slot('rest'), slot('more')]
    return {
      do: 'add',
      details: readDetails({ raw: `${what.raw} ${when.raw}`, norm: `${what.norm} ${when.norm}` }, clock),
    }
  }),
  urdu(
    `${T}(?: (?:ka|ki|ke|کا|کی|کے))? (?:naam|naam ko|title|نام|عنوان)(?: (?:badal kar|ko|بدل کر|کو|سے))? (?<value>.+?) (?:rakho|rakh do|rakh den|rakhen|kar ?do|karo|kr do|likho|رکھو|رکھ دو|رکھیں|کر دو|کردو|کرو|کر دیں|کریں|لکھو)`,
    slot => ({
      do: 'update',
      target: readTarget(slot('target')),
      change: { title: title(slot('value')) },
    }),
  ),
  urdu(
    `${T}(?: (?:ka|ki|ke|کا|کی|کے))? (?:naam|title|نام|عنوان) (?:badlo|badal do|tabdeel ?${DO}|change ?${DO}|بدلو|بدل دو|بدلیں|تبدیل ?${DO})`,
    slot => ({
      do: 'update',
      target: readTarget(slot('target')),
      change: {},
      field: 'title',
    }),
  ),
  urdu(
    `${T}(?: (?:ko|کو)) (?<value>.+?) (?:mein|me|سے|میں|se) (?:badlo|badal do|tabdeel ?${DO}|change ?${DO}|بدلو|بدل دو|بدلیں|تبدیل ?${DO})`,
    slot => ({
      do: 'update',
      target: readTarget(slot('target')),
      change: { title: title(slot('value')) },
    }),
  ),
  urdu(
    `${T} (?:ki|ka|کی|کا) (?:(?:aakhri |آخری )?(?:tareekh|tarikh|due date|deadline|تاریخ))(?: (?:badal kar|بدل کر|ko|کو))? (?<value>.+?) (?:${DO}|rakho|rakh do|رکھو|رکھ دو)`,
    reschedule,
  ),
  urdu(
    `${T} (?:(?:ki|کی) (?:priority|ترجیح)|ko|کو) ${LEVEL}(?: priority| ترجیح)?(?: ${DO}| rakho| رکھو| banao| بناؤ)`,
    slot => update(readTarget(slot('target')), { priority: levels[slot('level').norm] ?? 'high' }),
  ),
  urdu(
    `${T} (?:rehne|rehnay|chhor|chor|رہنے|چھوڑ) (?:do|dein|den|دو|دیں),? (?:(?:isko|ise|usko|اسے|اس کو) )?(?:(?:list|fehrist|فہرست|لسٹ) (?:se|سے) )?${REMOVE} ?${DO}`,
    act('delete'),
  ),
  urdu(`(?<all>.+?) (?:pe|par|پر) (?:daal|dal|ڈال) ?${DO}`, datedAtEnd),
  urdu(
    `(?:(?:meri|mere|میری) )?(?:list|fehrist|فہرست|لسٹ) (?:mein|me|میں) ${ADD} ?${DO},? (?:ke |keh |کہ )?${REST}`,
    add,
  ),
  urdu(
    `(?<all>.+?)(?: (?:tak|ko|pe|par|ke liye|تک|کو|پر|کے لیے))* (?:${DO}|rakho|rakh do|rakh den|le jao|shift ${DO}|move ${DO}|reschedule ${DO}|رکھو|رکھ دو|رکھ دیں|لے جاؤ)`,
    datedAtEnd,
  ),
  urdu(
    `(?<target>.+?)(?: (?:bohat|bahut|bohot|boht|kaafi|sab se|zyada|bara|بہت|کافی|سب سے|زیادہ))* (?:zaroori|zaruri|ahem|urgent|ضروری|اہم|فوری) (?:hai|hain|ho gaya|ho gaya hai|ہے|ہیں|ہو گیا|ہو گیا ہے)`,
    slot => update(readTarget(slot('target')), { priority: 'high' }),
  ),
  urdu(
    `(?:(?:isko|usko|ise|use|is ki|uski|اسے|اس کی|اس کو) )?(?:priority |ترجیح )?${LEVEL}(?: priority| ترجیح)? ${DO}`,
    slot => update({ by: 'pronoun', many: false }, { priority: levels[slot('level').norm] ?? 'high' }),
  ),
  urdu(`${REST} (?:dhoondo|dhundo|dhoondho|talash ?${DO}|ڈھونڈو|ڈھونڈیں|تلاش ?${DO})`, slot => ({
    do: 'find',
    words: slot('rest').raw.slice(0, 200),
  })),
  urdu(`${T} ${IT}(?:tag|ٹیگ) (?<value>.+?) (?:lagao|laga do|لگاؤ|لگا دو)`, slot => ({
    do: 'update',
    target: readTarget(slot('target')),
    change: { addTags: splitTags(slot('value')) },
  })),
  urdu(`${T} ${IT}${REOPEN}(?: ?${DO}| (?:mark|کھولو|kholo))?(?: ?${DO})?`, act('reopen')),
  urdu(`${T} ${IT}${OPEN} (?:mark )?${DO}`, act('reopen')),
  urdu(
    `${T} ${IT}${COMPLETE} (?:ho gaya|ho gayi|ho chuka|kar liya|kar li|hogaya|ہو گیا|ہو گئی|ہو چکا|کر لیا|کر لی)`,
    act('complete'),
  ),
  urdu(
    `${T} ${IT}(?:dono |donon |sab |دونوں |سب )?(?:ho gaya|ho gayi|ho gaye|kar liya|kar li|kar liye|hogaya|hogaye|ہو گیا|ہو گئی|ہو گئے|کر لیا|کر لی|کر لیے)`,
    act('complete'),
  ),
  urdu(
    `(?:maine |main ne |mein ne |میں نے )?(?!.*(?:^| )(?:${NOT_DONE})(?: |$))${T} (?:[a-z]{2,7} )?(?:diya|di|dia|diye|chuka|chuki|chuke|liya|li|lia|(?<!ke )liye)(?: hai| hain| hoon| hun)?`,
    act('complete'),
  ),
  urdu(
    `(?:${SUBJECT} )?(?!.*(?:^| )(?:${NOT_DONE})(?: |$))${T} (?:\\p{L}+ )?(?:دیا|دی|دیے|لیا|لی|لیے|چکا|چکی|چکے|(?<=(?:لے|کر|دے|ہو|مل|چھوڑ|پہنچا) )(?:آیا|آئی|آئے|گیا|گئی))(?: (?:ہے|ہوں|ہیں))?`,
    act('complete'),
  ),
  urdu(
    `(?:${SUBJECT} )?(?!.*(?:^| )(?:${NOT_DONE})(?: |$))${T} (?:le|kar|de|ho|mil|chhor|chor|pohncha|ker) (?:aaya|aya|aayi|ayi|aai|aaye|aye)(?: (?:hoon|hun|hai|hain))?`,
    act('complete'),
  ),
  urdu(`${T} ${IT}(?:mark )?(?:as )?${COMPLETE}(?: (?:mark|nishan|نشان))? ?${DO}`, act('complete')),
  urdu(
    `(?<target>${TASK} \\d{1,10}|.+ (?:wala|wali|والا|والی)(?: ${TASK})?) ${IT}${COMPLETE}`,
    act('complete'),
  ),
  urdu(
    `${T} ${IT}(?:(?:meri |apni |میری |اپنی )?(?:list|fehrist|فہرست|لسٹ) (?:mein |me |میں )?(?:se|سے) )?${REMOVE}(?: ?${DO})?`,
    act('delete'),
  ),
  urdu(`(?:complete|mukammal|مکمل) ${DO} ${T}`, act('complete')),
  urdu(`(?:delete|حذف) ${DO} ${T}`, act('delete')),
  urdu(`(?<all>.*?)(?: ?(?:ki |کی |meri |mere |میری )?(?:list|fehrist|فہرست))? ${SHOW}`, (slot, clock) =>
    slot('all').norm === '' ? { do: 'list', query: { status: 'all' } } : listOrFind(slot('all'), clock, true),
  ),
  urdu(`${SHOW} (?<all>.+)`, (slot, clock) => listOrFind(slot('all'), clock, true)),
  rule(
    '(?:(?:abhi|ab|to|acha|accha|aur|ابھی|اب|تو|اور) )*(?<all>(?:(?:mere|mera|kitne|kaun|kon|k[ao]u?n ?s[aei]|kya|mujhe|aaj|kal|baqi|میرے|کتنے|کون|کونسا|کونسے|کیا|مجھے|آج|کل|باقی) ).+)',
    (slot, clock) => {
      const goal = listOrFind(slot('all'), clock, true)
      const counted = /kitne|kitni|کتنے|کتنی/.test(slot('all').norm)
      return goal?.do === 'list' && counted ? { do: 'list', query: { ...goal.query, counted: true } } : goal
    },
  ),
  urdu(`(?<rest>(?!${TASK} ).+?) ${ADD} ?${DO}`, add),
  urdu(`(?<rest>(?!${TASK} ).+?) ${ADD} ?${DO},? (?<when>.+)`, (slot, clock) => {
    const [rest, when] = [slot('rest'), slot('when')]
    return (
      readWhen(when.norm, clock) &&
      noted({ raw: `${rest.raw} ${when.raw}`, norm: `${rest.norm} ${when.norm}` }, clock)
    )
  }),
  guess(
    '(?!.*(?:^| )(?:kya|kab|kaun|kon|kahan|kitn\\w*|kaise|kyun|kyon|کیا|کب|کون|کہاں|کتنے|کتنا|کیسے|کیوں)(?: |$))(?:(?:yaar|bhai|acha|achha|suno|haan|oye) )*(?:(?:mujhe|mujhay|hamein|humein|مجھے|ہمیں) )?(?<rest>.+ (?:[a-z]{2,}(?:na|ni|ne) hai|\\p{L}{2,}(?:نا|نی|نے) ہے|karna|lana|khareedna|kharidna|dena|bharna|jana|milna|likhna|parhna|کرنا|لانا|خریدنا|دینا|بھرنا|جانا|ملنا|لکھنا|پڑھنا)(?: hai| ہے)?)',
    (slot, clock) => {
      const details = readDetails(slot('rest'), clock)
      return {
        do: 'add',
        details: {
          ...details,
          ...(details.title ? { title: details.title.replace(/ (?:hai|ہے)$/i, '') } : {}),
        },
      }
    },
  ),
]
