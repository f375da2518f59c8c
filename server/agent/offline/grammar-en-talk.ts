import { PLEASANTRY } from './courtesy.ts'
import type { Topic } from './goal.ts'
import { foreignSubjects } from './lexicon-en.ts'
import { guess, type Rule, request, rule, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English talk that touches no task, and what must not be taken for a request. */

const say = (topic: Topic) => () => ({ do: 'say', topic }) as const

const ADDRESS =
  '(?:[ ,]+(?:there|colloquy|assistant|everyone|all|again|bot|friend|buddy|man|so much|very much|a lot|you|for (?:that|your help|the help|everything|all|now)|today|is everything|and good (?:day|night)|to you(?: too)?))*'
const VERB = '(?<first>delete|remove|complete|finish|keep|reopen|erase|leave|archive|save)'
const SECOND = '(?<second>delete|remove|complete|finish|keep|reopen|erase|leave|archive|save)'

const clash = (first: string, second: string) =>
  /keep|leave|save/.test(first) !== /keep|leave|save/.test(second) ||
  /reopen/.test(first) !== /reopen/.test(second)

export const talkRules: Rule[] = [
  rule(
    `(?:(?:hi+|hello|hey+|hiya|yo|howdy|greetings|hola|good (?:morning|afternoon|evening|day)|sup|what's up|wassup|how are you(?: doing)?|how do you do|how's it going|how is it going|nice to meet you)${ADDRESS}[,.!? ]*)+`,
    say('greeting'),
  ),
  rule(
    `(?:ok(?:ay)?,? |great,? |perfect,? |awesome,? |cool,? )?(?:many )?(?:thanks?|thank you|thx|ty|thank u|cheers|much appreciated|appreciate it|i appreciate it)${ADDRESS}`,
    say('thanks'),
  ),
  rule(
    `(?:(?:ok(?:ay)?|great|perfect|awesome|cool|brilliant|lovely|nice(?: one)?|fab|excellent|amazing|wonderful|super|ah|oh|aw|wow|yay)[,.! ]+)*${PLEASANTRY}(?:[,.!;]* +${PLEASANTRY}){0,4}`,
    say('thanks'),
  ),
  rule(
    `(?:good ?bye|bye(?: bye)?|see you(?: later| soon| tomorrow)?|see ya|later|good night|take care|cya)${ADDRESS}`,
    say('bye'),
  ),
  rule(
    '(?:tell|give|know|say|make)?(?: me)?(?: us)?(?: another)?(?: a| any| some)?(?: good| funny)?,? ?(?:jokes?|something funny)(?: about .{1,80})?',
    say('joke'),
  ),
  rule('(?:do you know|got) (?:a|any)(?: good)? jokes?|make me laugh', say('joke')),
  rule(
    "(?:ok|okay|k|great|cool|nice|awesome|perfect|got it|good|good job|well done|lol|haha+|alright|all right|excellent|wonderful|amazing|sounds good|fine|super|right|i see|understood|nice one|wow|very good|very nice|that's great|that's all|nothing|nothing else|all good)(?:[,.! ]+(?:ok|okay|great|cool|nice|thanks|thank you|job|work|then))*",
    say('fine'),
  ),
  rule(
    "(?:help|help me|i need help|i need some help|assist me|what can (?:you|i|u) (?:do|say|ask|help).*|what do you do.*|what(?:'s| is) this|what are (?:you|your (?:capabilities|features|commands|skills|abilities)).*|who (?:are|made|built|created) you.*|what (?:is|are) (?:colloquy|you).*|how (?:do|can|does|should|would) (?:i|you|this|it|one|we) .*|how to .*|commands?|options|menu|usage|features|instructions|examples?|what else(?: can you do)?|can you help(?: me)?.*|are you (?:an? )?(?:ai|bot|human|robot|real|chatgpt|gpt|claude).*|(?:which|what) (?:model|llm|ai)(?: .*)?|show me (?:some )?examples?|give me (?:some )?examples?)",
    say('help'),
  ),
  request(
    "(?:don't|do not|dont|never|please don't|no need to|you don't have to|stop|you needn't) (?:ever )?(?:delete|remove|erase|complete|finish|mark|change|update|edit|rename|add|create|touch|reopen|clear|cancel|do|close|check|tick|set|make|move|reschedule)(?: .*)?",
    say('leftAlone'),
  ),
  rule(
    '(?:should|shall|must|would(?! you (?:be |mind|please|pls|plz|kindly|just|add|delete|remove|mark|complete|show|list|change|update|rename|move|put|set|make|tell|create|close|reopen|check|tick|tag))|what if|what happens if|what would happen if|if|suppose|imagine)(?: i| you| we) (?:.*)',
    say('unknown'),
  ),
  request(`${VERB},? (?:and|or|but|and also|but also|and then) (?:not |also )?${SECOND} ${TARGET}`, slot =>
    clash(slot('first').norm, slot('second').norm)
      ? { do: 'contradiction', target: readTarget(slot('target')) }
      : undefined,
  ),
  request(
    `(?:delete|remove|complete|finish|reopen|keep) or (?:delete|remove|complete|finish|reopen|keep) ${TARGET}`,
    slot => ({ do: 'contradiction', target: readTarget(slot('target')) }),
  ),
  request(
    '(?:do|did) (?:the |a |some )?(?:thing|things|stuff|something|it|that|this|whatever)(?: (?!(?:on|at|by|next|this|tomorrow|today|tonight|in) ?).*)?',
    say('unknown'),
  ),
]

/** After every other rule: what is recognisably not about tasks. */
export const offTopicRules: Rule[] = [
  guess('(?<all>.+)', slot =>
    foreignSubjects.test(slot('all').norm) ? { do: 'say', topic: 'offTopic' } : undefined,
  ),
  guess(
    '(?:send|e-?mail|sing|translate|write|draw|calculate|compute|solve|explain|google|search the web|browse|open|play|book|order|buy me|turn (?:on|off)|set an alarm|call me|text me|navigate|summari[sz]e) .+',
    say('offTopic'),
  ),
  guess(
    "(?:who|what|where|why|when|how|is|are|was|were|does|do|did|will|would|can|could|should|which|whose|tell me|what's|who's|where's|how's)(?: .*)",
    say('offTopic'),
  ),
]
