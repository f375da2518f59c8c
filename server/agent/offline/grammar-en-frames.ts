import { readDetails } from './details.ts'
import type { Goal } from './goal.ts'
import { add, addRules, addThing } from './grammar-en-add.ts'
import { firstReading, type Rule, rule, type Slots } from './rule.ts'
import type { Clock } from './zone.ts'

/** English sentences that wrap a new task: "I need a reminder to …", "make sure I don't forget to …", "… goes on the list". */

const REST = '(?<rest>.+)'
const KIND = '(?:(?:new|quick|another|separate|little|high[- ]priority|low[- ]priority|urgent) )*'
const THING = '(?:tasks?|to-?dos?|reminders?|entry|items?|note to self)'
const WISH =
  "(?:(?:i|we)(?:'ll| will)? (?:need|want|could (?:use|do with)|would like|'d like)|(?:i|we)'d (?:like|love)|(?:can|could|may) (?:i|we) (?:have|get)|let me have|get me|give me|there (?:should|ought to|needs to) be|(?:can|could) there be)"
const LIST = '(?:my|the|our|that|this) (?:[a-z]+ )?list'
const VAGUE =
  '(?:something(?: (?:new|else|more))?|some (?:things|tasks|stuff)|a (?:few|couple(?: of)?)(?: (?:more|new))*(?: (?:things|tasks|items|bits))?|an? (?:new |quick )*(?:task|to-?do|reminder|item|thing)|(?:one|another|a new)(?: (?:more|thing|one|task|item))*)'

const unnamed = (): Goal => ({ do: 'add', details: {} })

/** "one more thing: …", "a few things: …": what is meant comes behind. */
const announced = (slot: Slots, clock: Clock): Goal => ({
  do: 'add',
  details: readDetails(slot('rest'), clock),
})

/** "I need to add salt to the list" is the request itself; without what to add, it asks. */
const delegated = (slot: Slots, clock: Clock) => firstReading(addRules, slot('rest'), clock)?.goal

/** "the report should go on the list at the top": what is asked about, or nothing at all, is no new task. */
const placed = (slot: Slots, clock: Clock) =>
  /^(?:what|which|who|nothing|everything|anything|all|none|it|that|this|they|those|these|if|when|task \d|#\d)\b/.test(
    slot('rest').norm,
  )
    ? undefined
    : addThing(slot, clock)

export const frameRules: Rule[] = [
  rule(`(?:put|pencil|book|sign|write|mark) me (?:down|in|up) for (?:an? (?=\\S))?${REST}`, add),
  rule(
    `(?:make|take)(?: me)? (?:a |another |some )?(?:quick |new )?notes?(?: (?:for me|of something|down))*`,
    unnamed,
  ),
  rule(
    `(?:add|create|make|put|start|set up)(?: me)? (?:one|another(?: one)?|something|a thing|an? entry) (?:called|named|titled|labelled|that says|saying|about)(?: to)? ${REST}`,
    add,
  ),
  rule(
    `(?:(?:i|we)(?:'ve| have)? )?(?:need|have|got|want|would like|'d like)(?: got)? to (?:add|create|note(?: down)?|write(?: down)?|jot(?: down)?|put|save|log|record|make) ${VAGUE}(?: down| to note)?(?: (?:to|on|onto|in) ${LIST})?`,
    unnamed,
  ),
  rule(
    `(?:(?:i|we)(?:'ve| have)? )?(?:need|have|got|want|would like)(?: got)? to (?<rest>(?:add|put|create|note|write|jot) (?:.+ (?:to|on|onto) ${LIST}.*|(?:down )?an? (?:new )?${THING} .+))`,
    delegated,
  ),
  rule(
    `(?:(?:i|we)(?:'ve| have)? (?:got )?|(?:there's|here's|here are|there are) )?(?:add |note |and )?(?:(?:another|one|two|three|four|five|some|several|a few|a couple(?: of)?)(?: (?:more|other|new|quick|last|small|little))* (?:things?|ones?|items?|tasks?|to-?dos?|bits?)|(?:the |one )?(?:other|last|next) thing)(?: (?:to (?:add|do|note|remember)|i (?:need|have|want) to (?:add|do)|for (?:my|the|today's) (?:list|day)|(?:to|on) ${LIST}))?(?:: ?| - )${REST}`,
    announced,
  ),
  rule(`${WISH} (?:an? |another |the )?${KIND}${THING}(?: (?:on|in|for) ${LIST})?(?: set(?: up)?)?`, unnamed),
  rule(
    `${WISH} (?:an? |another |the )?${KIND}${THING}(?: (?:on|in) ${LIST})?(?: set(?: up)?)?(?: (?:that says|which says|called|named|saying|so (?:that )?i (?:remember|don't forget))(?: to)?:?| (?:to|for|about|of|on)|:) ${REST}`,
    (slot, clock) => ({ do: 'add', details: readDetails(slot('rest'), clock), reminds: true }),
  ),
  rule(
    `(?:make (?:sure|certain)|(?:please )?see to it|ensure|be sure)(?: that)? (?:i|we) (?:(?:don't|do not|dont|never|won't|will not) (?:forget|miss|overlook)|(?:always |definitely )?remember)(?: (?:about|to))? ${REST}`,
    add,
  ),
  rule(
    `(?:i|we) (?:mustn't|must not|can't|cannot|shouldn't|should not|don't (?:want|wanna) to|do not want to|better not|had better not|'d better not|dare not)(?: ever)? (?:forget|miss)(?: (?:about|to))? ${REST}`,
    add,
  ),
  rule(
    `(?:it(?:'d| would| might) be (?:good|nice|wise|sensible) to|(?:i|we)(?:'m| am|'re| are) (?:supposed|meant) to|(?:i|we)(?:'d| had) better|i(?:'m| am) gonna (?:need|have) to|i(?:'ll| will) (?:need|have) to|don't let (?:me|us) (?:forget|miss)(?: about| that i (?:have|need) to| to)?) (?:remember to )?${REST}`,
    add,
  ),
  rule(
    `${REST} (?:goes|can go|should (?:also )?go|needs? to (?:go|be)|has to (?:go|be)|must (?:go|be)|have to go|ought to go|belongs) (?:on|onto|in|into|down on) (?:${LIST}|there)(?: (?:too|as well|also|please))?`,
    placed,
  ),
]
