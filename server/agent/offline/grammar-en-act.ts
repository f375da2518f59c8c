import type { Act, Goal } from './goal.ts'
import { DONE, gotDone, SETTLED, toldRules, WHEN } from './grammar-en-told.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that complete, reopen, delete or keep tasks. */

const act =
  (what: Act) =>
  (slot: Slots): Goal => ({ do: what, target: readTarget(slot('target')) })

const UNDONE =
  '(?:not (?:yet )?(?:done|complete|completed|finished|sorted)|incomplete|undone|unfinished|uncompleted|pending|open|active|to-?do|unchecked|un-?done)'
const BE = "(?:is|are|was|were|has been|have been|'s|is now|are now|got|'re)"

const marking: Rule[] = [
  request(
    `(?:mark|set|flag|tick|check|cross|put|move|make|consider|change|update|switch|turn|get) (?:off )?${TARGET}(?:'s)?,? (?:status )?(?:as |to |to be |off as |off )?(?:being |all )?${DONE}(?: off)?`,
    act('complete'),
  ),
]

const complete: Rule[] = [
  request(
    `(?:(?:i|we)(?:'ve| have)? )?(?:just |finally |already )*(?:managed to|got (?:a)?round to|got to the end of) (?:actually )?(?<target>(?!delete|add|mark|get).+?)${WHEN}`,
    act('complete'),
  ),
  request(`(?:mark|set|flag) (?:as )?${DONE}:? ${TARGET}`, act('complete')),
  request(
    `(?<target>(?:task |#)\\d{1,10}|it|that|.+ (?:task|one|ticket|issue|item)) ?${BE} (?:now |already )*(?:closed|resolved)`,
    act('complete'),
  ),
  request(`(?:mark|set) (?:as )?${DONE}`, act('complete')),
  request(
    `(?:check|tick|cross|strike|scratch|knock) ${TARGET} off(?: (?:of )?(?:my|the) (?:to-?do |task )?list)?`,
    act('complete'),
  ),
  request(
    `(?:complete|finish|check off|tick off|cross off|cross out|strike off|strike|tick|resolve|close|done with|job done (?:on|with)|done|be done with|wrap up|all done with|finished with|finished|completed)(?:[:]| with)? ${TARGET}(?: (?:off )?(?:(?:of|from) )?(?:my|the) (?:to-?do |task )?list)?`,
    act('complete'),
  ),
  request('(?:complete|finish|all done|done|check off|tick off|finished|completed)', act('complete')),
  request(
    `(?:i(?:'m| am)|we(?:'re| are)) (?:all |now |finally )*(?:done|finished|through with)(?: with)? (?!for\\b)${TARGET}${WHEN}`,
    act('complete'),
  ),
  request(
    `(?:i|we)(?:'ve| have)? (?:just |already |now |finally )*(?:finished|completed|done|did|checked off|ticked off|got done with|wrapped up|took care of|taken care of|dealt with|knocked out)(?: with)? (?:with )?${TARGET}${WHEN}`,
    act('complete'),
  ),
  request(
    `${TARGET} ?${BE} (?:all |now |already |finally |also )*${SETTLED}(?: for (?:this|the) (?:month|week|day|year)| for (?:today|now|good)| today| this morning| yesterday| last night)?`,
    act('complete'),
  ),
  request(
    `that(?:'s| is| was) (?<target>(?:the |my |our |number |no\\.? ?|task |#).+?) ${SETTLED}`,
    act('complete'),
  ),
  gotDone,
  request(
    `(?:call|count) (?<target>it|that|this|that one|(?:task |#|number )\\d+|(?:the |my ).+) (?:as )?${DONE}`,
    act('complete'),
  ),
  request(`${TARGET} ?[:,-] ?(?:done|completed|finished)`, act('complete')),
  request(
    `(?<target>(?:tasks? |#|numbers? |nos?\\.? ?)\\d{1,10}(?:(?:,| and|, and| &|-| to) ?#?\\d{1,10})*) (?:all )?${SETTLED}`,
    act('complete'),
  ),
  request(
    `(?<target>\\d{1,10}(?:(?:,| and|, and| &) ?#?\\d{1,10})+) (?:are )?(?:all )?(?:now )?${SETTLED}`,
    act('complete'),
  ),
  request(
    `${TARGET} (?:can|could|should|may) (?:now )?(?:be )?(?:ticked|crossed|checked|marked|closed)(?: off| out)?(?: as ${DONE})?`,
    act('complete'),
  ),
  ...toldRules,
]

const reopen: Rule[] = [
  request(
    `(?:i|we)(?:'ve| have)? (?:ticked|checked|crossed|marked|completed|closed)(?: off)? ${TARGET}(?: (?:off|as ${DONE}))? (?:by mistake|by accident|accidentally|too early|too soon|in error|wrongly)`,
    act('reopen'),
  ),
  request(
    `(?:i|we)(?:'ve| have)? (?:accidentally|mistakenly|wrongly) (?:ticked|checked|crossed|marked|completed|closed)(?: off)? ${TARGET}(?: (?:off|as ${DONE}))?`,
    act('reopen'),
  ),
  request(
    `(?:mark|set|flag|put|move|make|change) ${TARGET} (?:as |to |back to |back as )?(?:being )?${UNDONE}`,
    act('reopen'),
  ),
  request(`(?:mark|set) (?:as )?${UNDONE}`, act('reopen')),
  request(
    `(?:re-?open|re-?activate|un-?complete|un-?check|un-?mark|un-?tick|un-?finish|undo completion of|undo completing|restore) ${TARGET}`,
    act('reopen'),
  ),
  request('(?:re-?open|un-?complete|un-?check|un-?mark|un-?tick)', act('reopen')),
  request(
    `(?:put|move|bring|take|get|add) ${TARGET} back(?: (?:on|onto|to|in|into) (?:my|the) (?:to-?do |task )?list)?`,
    act('reopen'),
  ),
  request(`bring back ${TARGET}`, act('reopen')),
  request(
    `${TARGET} (?:needs? (?:doing|to be done)|has to be done|needs? redoing) (?:again|once more)`,
    act('reopen'),
  ),
  request(`${TARGET} still needs? (?:doing|work|to be (?:done|finished|completed))`, act('reopen')),
  request(
    `${TARGET} ?${BE} (?:actually |still )?(?:not (?:yet |actually |really |quite )?(?:done|complete|completed|finished|sorted|dealt with)|incomplete|unfinished|undone)(?: after all| yet)?`,
    act('reopen'),
  ),
  request(
    `${TARGET} (?:still )?(?:isn't|aren't|wasn't) (?:actually |really |quite )?(?:done|complete|completed|finished|sorted|dealt with)(?: after all| yet)*`,
    act('reopen'),
  ),
]

const undo: Rule[] = [
  request(
    `(?:undo|revert|take back|roll back|reverse|cancel that change|take that back|scratch that|strike that|i take (?:that|it) back|undo button|ctrl[ +-]?z)(?: (?:that|it|this|them|(?:the|my|your|that) (?:last )?(?:one|change|action|thing|step|update|edit|completion)|what (?:you|i) (?:just )?did))?|(?:that|it|this) was (?:a mistake|wrong|an accident|not what i (?:meant|wanted))|i (?:didn't|did not) (?:mean|want) (?:that|to do that|to)|(?:wrong (?:one|task)|that's (?:wrong|not what i meant|not right|not the one|the wrong one))`,
    () => ({ do: 'undo' }),
  ),
]

const REMOVE =
  '(?:delete|remove|erase|discard|get rid of|trash|scrap|bin|drop|cancel|clear out|clear|throw away|throw out|wipe out|wipe|destroy|purge|ditch|axe|kill|nuke|toss|chuck(?: out| away)?|scratch|eliminate|dispose of|lose(?= (?:the|my|task|number|it|that|this|#))|empty(?: out)?(?= (?:my|the|out))|clean up|clean out(?= (?:my|the|all)))'

const REMOVED =
  'removed|deleted|erased|gone|scrapped|binned|cancelled|canceled|cleared|taken off|off(?= (?:of )?(?:my|the|this))|taken out|thrown out|got rid of'

const remove: Rule[] = [
  request(
    'take (?<target>it|that|this|that one|this one|them|(?:task |#|number )\\d+) (?:off|out|away)',
    act('delete'),
  ),
  request(`take ${TARGET} (?:off|out of|from) (?:of )?(?:my|the) (?:to-?do |task )?list`, act('delete')),
  request(`${REMOVE} ${TARGET}(?: (?:off|from) (?:of )?(?:my|the) (?:to-?do |task )?list)?`, act('delete')),
  request(`${REMOVE}`, act('delete')),
  request(
    `i (?:don't|do not|no longer) (?:need|want)(?: to do)? (?<target>(?:task |#)\\d{1,10}|it|that one|that task|them)(?: any ?more)?`,
    act('delete'),
  ),
  request(`(?:keep|don't touch|leave) ${TARGET}`, act('keep')),
  request(
    `i (?:don't|do not) (?:need|have|want) to ${TARGET} (?:any ?more|any longer|after all)`,
    act('delete'),
  ),
  request(
    `(?:i|we) (?:don't|do not|no longer) (?:need|want|care about) ${TARGET}(?: (?:any ?more|any longer|after all|on my list))`,
    act('delete'),
  ),
  request(
    `(?:forget|forget about|never ?mind(?: about)?) (?<target>(?:the |my |our |task |#|[a-z]+ing ).+?)`,
    act('delete'),
  ),
  request(
    `${TARGET} (?:can be|should be|needs to be|is to be|can) (?:deleted|removed|erased|go|cancelled|canceled)`,
    act('delete'),
  ),
  request(
    `i(?:'d like| would like|'d love| want| need|'d rather have) ${TARGET} (?:to be )?(?:${REMOVED})(?: (?:off |from |of |out of )*(?:my|the|this) (?:to-?do |task )?list)?`,
    act('delete'),
  ),
  request(
    `${TARGET} (?:can|could|should|may|needs to|has to) (?:come|go|get|be taken) (?:off|from)(?: (?:of )?(?:my|the|this) (?:to-?do |task )?list)?`,
    act('delete'),
  ),
  request(
    `(?:can|could) (?!(?:a |my |deleted |completed )?(?:tasks?|things|items|they)\\b)${TARGET} be (?:deleted|removed|erased|scrapped|binned|taken off)(?: (?:my|the) list)?`,
    act('delete'),
  ),
  request(
    `(?:have|get) ${TARGET} (?:${REMOVED})(?: (?:off |from |of |out of )*(?:my|the) (?:to-?do |task )?list)?`,
    act('delete'),
  ),
  request(`i no longer (?:need|have|want) to ${TARGET}`, act('delete')),
  request(
    `(?<target>(?:the |my |our |that |task |#).+?)(?:'s| is| was| got| has been| has got)? (?:now )?(?:been )?(?:cancelled|canceled|called off|scrapped|no longer (?:needed|necessary|happening|relevant|required)|not (?:needed|necessary|happening|relevant|required) (?:any ?more|any longer|now|after all))`,
    act('delete'),
  ),
  request(
    `(?:there(?:'s| is) )?no (?:more |longer any )?need (?:for|of|to do|to have) ${TARGET}(?: (?:any ?more|any longer|after all))?`,
    act('delete'),
  ),
  request(
    `(?:i|we) (?:won't|will not|will no longer|'ll no longer) (?:be (?:needing|doing|going to)|need|need to do) ${TARGET}(?: (?:any ?more|any longer|after all))?`,
    act('delete'),
  ),
  request(`(?<target>(?:the |my |our ).+?)(?:'s| is) (?:now )?off`, act('delete')),
  request('keep', act('keep')),
]

/** Reopening before completing: "not done" ends in "done". */
export const actRules: Rule[] = [...complete, ...remove]
export const markingRules: Rule[] = marking
export const reopenRules: Rule[] = [...undo, ...reopen]
