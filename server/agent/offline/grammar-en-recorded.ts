import type { Goal } from './goal.ts'
import { find } from './grammar-en-ask.ts'
import { type Rule, rule } from './rule.ts'

/** English questions of what is noted, what is left and how things stand, in the many words there are for them. */

const pending = (): Goal => ({ do: 'list', query: { status: 'pending' } })

const TELL =
  '(?:(?:show|tell|remind|give|get) me |let me (?:know|see|have) |i(?: just| only)? want to (?:know|see) |(?:can|could|may) i (?:get|have|see) )?'
const MINE = '(?:my|the) (?:to-?do |task )?(?:list|tasks)'

/** "give me the rundown", "tell me what I still need to get done". */
const overviewRules: Rule[] = [
  rule(
    `${TELL}(?:(?:the|a|an|my|today's) )?(?:quick |full |short |brief |daily |little )*(?:run-?down|re-?cap|break-?down|round-?up|overview|digest|briefing|low-?down|status update|big picture|full picture)(?: (?:of|on) (?:everything|it all|${MINE}|my (?:day|week)|things|what's (?:left|open|pending)|where (?:i am|things are)))?|(?:brief|update) me(?: on (?:everything|${MINE}))?`,
    pending,
  ),
  rule(
    `${TELL}(?:(?:everything|all)(?: (?:that|what))?|what(?:ever)?) (?:all )?(?:i|we)(?:'ve| have| am|'m)? (?:(?:still|actually|really) )*(?:need|have|got|ought|should|must|meant|supposed|gotta)(?: (?:still|left))?(?: to)? (?:get done|do|be doing|finish|get through|take care of|handle|deal with|sort(?: out)?|complete|tackle|get to)(?: (?:still|yet|now|next))*`,
    pending,
  ),
  rule(
    `${TELL}what (?:i've|i have|we've|we have)(?: still)?(?: got)?(?: (?:left|on|open|pending|outstanding|there|here|so far|going on|to do|on my (?:list|plate)|on the (?:list|go)))*`,
    pending,
  ),
  rule(
    `(?:read|say|repeat|go over|run over)(?: me)? (?:out )?${MINE}(?: (?:back|out|out loud|aloud|again|one more time))?(?: (?:to|for|with) me)?`,
    () => ({ do: 'list', query: { status: 'all' } }),
  ),
  rule(
    '(?:(?:are there |have i got |do i have )?any(?: other| more)? (?:loose ends|unfinished business|(?:jobs|chores|errands|bits)(?: (?:left|to do|outstanding))?)|(?:is there )?anything (?:else )?(?:(?:that )?i (?:should|need to|have to|must|ought to)|for me to) (?:know about|do|worry about|take care of|deal with|see to|sort out))(?: .{0,40})?',
    pending,
  ),
  rule(
    `(?:is there )?(?:much|a lot|anything(?: else)?|something)(?: (?:else|still))? (?:left|remaining|outstanding|still (?:open|to do|pending))(?: (?:to do|for me|on ${MINE}))*|how (?:am i|are we) doing(?: (?:with|on) ${MINE})?|how far (?:along )?am i(?: with ${MINE})?|am i (?:all )?(?:done|caught up|finished)(?: (?:with everything|for (?:today|the day)))?|what(?:'s| is) the next (?:thing|task|one)(?: (?:i should (?:do|tackle)|to do|on ${MINE}))?`,
    pending,
  ),
]

const NOTED =
  '(?:add(?:ed)?|put|write|written|wrote|note|noted|jot|jotted|pop|popped|record|recorded|include|included|save|saved|got|get|stick|stuck|mention|mentioned|have|list|listed|log|logged)'
const THERE =
  '(?: (?:down|in|(?:written |noted |jotted )down|in (?:there|here)|on (?:there|here|it)|(?:on|in|to) (?:my|the|this|that|our) (?:to-?do |task )?lists?|saved|noted))*'
const ABOUT = '(?:about|for|regarding|concerning|mentioning|related to|with|to do with|like)'

/** "did I write anything down about the boiler", "is the dentist on my list": whether a task is there. */
export const recordedRules: Rule[] = [
  rule(
    `(?:(?:did|have|had|do|didn't|don't|haven't|hadn't) (?:i|we) (?:already |ever |actually |remember to |think to |manage to )*${NOTED}|(?:have )?got|(?:i|we)'ve got|(?:is|are|was|were|isn't|aren't|wasn't|weren't) there(?: not)?|any) (?:already )?(?:anything|something|any tasks?|an? (?:task|note|reminder|to-?do)|a thing|tasks?)${THERE} ${ABOUT} (?<rest>.+?)${THERE}`,
    find,
  ),
  rule(
    `(?:did|have|had|didn't|haven't|hadn't) (?:i|we) (?:already |ever |actually )*(?:remember to |think to |remembered to )?${NOTED} (?!any|some|an? (?:task|note|reminder)|what|got\\b)(?<rest>.+?)(?<there> (?:down|on (?:there|here|it)|in there|(?:on|in|to) (?:my|the|this) (?:to-?do |task )?lists?))`,
    find,
  ),
  rule(
    "(?:am i|are we) (?:running )?(?:behind|late)(?: (?:on|with|for))?(?: (?:anything|something|any(?: tasks)?))?|(?:have|did) (?:i|we) (?:miss|missed|let slip|forget|forgotten|overlooked?) (?:anything|something|any(?: tasks| deadlines)?)|anything (?:overdue|late|i(?:'ve| have)? missed)|(?:what|which (?:ones?|tasks?)) (?:am i|are we|have i|have we|did i|'s|is|are)(?: (?:running|already))? (?:late|behind|overdue|missed|miss|let slip|forgotten)(?: (?:on|with|for))?",
    () => ({ do: 'list', query: { due: 'overdue' } }),
  ),
  rule(
    `(?:what(?:'s| is| was)|where(?:'s| is| was)) (?:that|the|my) (?:thing|one|task|item|note|bit) ${ABOUT} (?<rest>.+?)(?: again)?`,
    find,
  ),
  rule(
    `(?:did|have) (?:i|we) (?:already |ever )*(?:remember to|remembered to|think to) (?:add|put|write down|note(?: down)?|include) (?<rest>.+?)`,
    find,
  ),
  rule(
    `(?:is|are) (?<rest>(?!there\\b|it\\b|that\\b|this\\b|anything|something|everything|what).+?) (?:already |still |even )?(?:(?:on|in) (?:my|the|this) (?:to-?do |task )?list|on there|in there)`,
    find,
  ),
  rule(
    "(?:(?:what|which (?:ones?|tasks?)|what (?:tasks?|things?|else)) (?:(?:haven't|have not|didn't|did not) (?:i|we)|have (?:i|we) (?:still )?not) (?:yet )?(?:done|do|finished|finish|completed?|complete|ticked off|crossed off|dealt with|sorted|got(?:ten)? (?:a?round )?to|got done|tackled|managed)|(?:what|which (?:ones?|tasks?)) (?:have|do) (?:i|we) (?:still )?(?:got|have) (?:left )?to do|what (?:still )?needs (?:doing|sorting|to be done)|what(?:'s| is) (?:still )?(?:not done|undone|unfinished|outstanding|left(?: (?:for me )?to do)?|to be done))(?: (?:yet|so far|still|now|left))*",
    () => ({ do: 'list', query: { status: 'pending' } }),
  ),
  rule(
    "(?:what(?:'s| is) (?:the state of play|outstanding)(?: (?:with|on) (?:my|the) (?:list|tasks))?|(?:how(?:'s| is) (?:my|the) list looking|how do things stand|where (?:do|are) (?:things|we|i)(?: stand| at)?|(?:catch|fill|bring) me (?:up(?: to (?:speed|date))?|in))|what(?:'s| is)(?: (?:on|in))? (?:there|here)|what (?:have|do) (?:i|we) (?:got|have)(?: (?:on|on there|in there|down|there))?)(?: (?:at the moment|right now|currently|now|so far|these days|still|at present))*",
    () => ({ do: 'list', query: { status: 'pending' } }),
  ),
  ...overviewRules,
]
