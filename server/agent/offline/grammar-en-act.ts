import type { Act, Goal } from './goal.ts'
import { pastVerbs } from './lexicon-en.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that complete, reopen, delete or keep tasks. */

const act =
  (what: Act) =>
  (slot: Slots): Goal => ({ do: what, target: readTarget(slot('target')) })

const DONE = '(?:done|complete|completed|finished|checked|ticked|checked off|ticked off|closed|resolved)'
const UNDONE =
  '(?:not (?:yet )?(?:done|complete|completed|finished)|incomplete|undone|unfinished|uncompleted|pending|open|active|to-?do|unchecked|un-?done)'
const BE = "(?:is|are|was|were|has been|have been|'s|is now|are now|got|'re)"

const complete: Rule[] = [
  request(
    `(?:mark|set|flag|tick|check|cross|put|move|make|consider) (?:off )?${TARGET},? (?:as |to |off as |off )?(?:being )?${DONE}(?: off)?`,
    act('complete'),
  ),
  request(`(?:mark|set|flag) (?:as )?${DONE}:? ${TARGET}`, act('complete')),
  request(`(?:mark|set) (?:as )?${DONE}`, act('complete')),
  request(
    `(?:complete|finish|check off|tick off|cross off|cross out|strike off|strike|tick|resolve|close|done with|done|be done with|wrap up|all done with|finished with|finished|completed)(?:[:]| with)? ${TARGET}(?: (?:off )?(?:(?:of|from) )?(?:my|the) (?:to-?do |task )?list)?`,
    act('complete'),
  ),
  request(
    `(?:check|tick|cross|strike|take) ${TARGET} off(?: (?:of )?(?:my|the) (?:to-?do |task )?list)?`,
    act('complete'),
  ),
  request('(?:complete|finish|all done|done|check off|tick off|finished|completed)', act('complete')),
  request(
    `(?:i(?:'m| am)|we(?:'re| are)) (?:all |now |finally )*(?:done|finished)(?: with)? ${TARGET}`,
    act('complete'),
  ),
  request(
    `(?:i|we)(?:'ve| have)? (?:just |already |now |finally )*(?:finished|completed|done|did|checked off|ticked off|got done with|wrapped up|took care of|taken care of|knocked out)(?: with)? (?:with )?${TARGET}`,
    act('complete'),
  ),
  request(`${TARGET} ?${BE} (?:all |now |already |finally )*${DONE}`, act('complete')),
  request('(?<target>(?:task |#)\\d{1,10}) (?:done|completed|finished)', act('complete')),
  request(
    `(?:i|we)(?:'ve| have)? (?:just |already |finally )*(?<verb>${Object.keys(pastVerbs).join('|')}) ${TARGET}`,
    slot => ({
      do: 'complete',
      target: {
        by: 'title',
        words: `${pastVerbs[slot('verb').norm]} ${slot('target').raw}`.slice(0, 400),
        exact: false,
      },
    }),
  ),
]

const reopen: Rule[] = [
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
    `${TARGET} ${BE} (?:actually )?(?:not (?:yet |actually |really )?(?:done|complete|completed|finished)|incomplete|unfinished|undone)(?: after all| yet)?`,
    act('reopen'),
  ),
  request(
    `${TARGET} (?:isn't|aren't|wasn't) (?:actually |really )?(?:done|complete|completed|finished)(?: after all| yet)?`,
    act('reopen'),
  ),
]

const undo: Rule[] = [
  request(
    'undo(?: (?:that|it|this|them|the last (?:one|change|action|thing)|what you (?:just )?did))?',
    () => ({ do: 'undo' }),
  ),
]

const REMOVE =
  '(?:delete|remove|erase|discard|get rid of|trash|scrap|bin|drop|cancel|clear|clear out|throw away|throw out|wipe|destroy|purge)'

const remove: Rule[] = [
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
  request(`i no longer (?:need|have|want) to ${TARGET}`, act('delete')),
  request('keep', act('keep')),
]

/** Reopening before completing: "not done" ends in "done". */
export const actRules: Rule[] = [...complete, ...remove]
export const reopenRules: Rule[] = [...undo, ...reopen]
