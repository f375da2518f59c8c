import { dated } from './change-goals.ts'
import { readWhen } from './dates.ts'
import { priorityOf, titleOf } from './details.ts'
import type { Goal, Target } from './goal.ts'
import { readClause } from './grammar.ts'
import type { Language } from './language.ts'
import type { Memory } from './memory.ts'
import { readTarget } from './target.ts'
import { slice, type Text, withoutEnding } from './text.ts'
import type { Clock } from './zone.ts'

/** The last wish put right: "no, task 4", "not that, the report", "I meant Tuesday", "oops, undo that". */

const lead =
  /^(?:(?:no+|nope|nah|not (?:that|this|it|those)(?: one| task)?|not [^,]{1,30}(?=,)|sorry|oops|whoops|actually|wait|hmm+|instead|rather|my (?:bad|mistake)|wrong (?:one|task)|i (?:mean|meant|said)|make (?:that|it)|it (?:should be|'?s)|let's (?:do|say|make it)|(?:and|for|to|but|how about|what about)|(?:do |and )?(?:the )?same(?: thing| again| here)?(?: (?:for|with|to|on|goes for|applies to))?)[,.!:;-]* +)+(?:i (?:mean|meant) +)?(?=\S)/
const mistaken =
  /\b(?:no+|nope|nah|not|oops|whoops|sorry|wait|wrong|my (?:bad|mistake)|i (?:mean|meant|said))\b/
const contrast =
  /[,;]? +(?:not|instead of) +(?:that|this|it|task|#|\d|the).*$|,? +(?:instead|rather|actually|i mean(?:t)?)$/

const also = /,? +(?:too|as well|also)(?: please)?$/

interface Situation {
  memory: Memory
  context: { language: Language; clock: Clock }
  /** Nothing else could be read in the message. */
  unread: boolean
}

export function correctionOf(text: Text, { memory, context, unread }: Situation): Goal[] | undefined {
  const plain = withoutEnding(text)
  const start = lead.exec(plain.norm)?.[0].length ?? 0
  const words = plain.norm.slice(0, start)
  const isMistake = mistaken.test(words)
  const tail = plain.norm.slice(start)
  const end = start + ((contrast.exec(tail) ?? also.exec(tail))?.index ?? tail.length)
  const rest = slice(plain, start, end)
  const anew = isMistake ? readClause(rest, context) : undefined
  if (anew && isAnotherAct(anew.goal, memory)) return [...memory.restore, anew.goal]
  if (!unread && (!isMistake || anew?.guess === false)) return undefined
  if (isMistake && denial.test(rest.norm) && memory.restore.length > 0) return memory.restore
  const said = relevelled(plain, start, memory)
  if (said) return said
  const another = alsoFor({ rest, memory, same: /\bsame\b/.test(words) || also.test(plain.norm) })
  if (another) return another
  const date = redated(rest, {
    memory,
    clock: context.clock,
    words: words + plain.norm.slice(end),
    text: plain,
  })
  if (date) return date
  const target = readTarget(rest)
  const corrects = isMistake || end < plain.norm.length
  if (isPointing(target)) return pointing(target, memory, { corrects: corrects || start > 0 })
  if (!corrects) return undefined
  const { wanted } = memory
  if (isTitled(wanted))
    return isMistake ? (reworded(slice(plain, start), wanted) ?? retitled(slice(plain, start))) : undefined
  return wanted && 'target' in wanted && target.by !== 'nothing' ? again(wanted, target, memory) : undefined
}

/** "sorry, I mean I rang the bank": the same was done, but with another task. */
const isAnotherAct = (goal: Goal, { wanted, restore }: Memory) =>
  (goal.do === 'complete' || goal.do === 'reopen') &&
  goal.do === wanted?.do &&
  goal.target.by !== 'pronoun' &&
  goal.target.by !== 'nothing' &&
  restore.length === 1

interface Likewise {
  rest: Text
  memory: Memory
  same: boolean
}

/** "same for the camera", "and the bank call too": once more for another task, and the first stays as it is. */
function alsoFor({ rest, memory: { wanted }, same }: Likewise): Goal[] | undefined {
  if (!same || !wanted || !('target' in wanted)) return undefined
  const target = readTarget(rest)
  // The same act with another target, so it is of the same kind.
  return target.by === 'nothing' ? undefined : [{ ...wanted, target } as Goal]
}

/** "*buy milk" spells the title again; "I said low" gives another priority. */
function relevelled(text: Text, start: number, { wanted }: Memory): Goal[] | undefined {
  if (isTitled(wanted) && /^\*\S/.test(text.norm)) return retitled(slice(text, 1))
  const level = /^(?<level>high|medium|low|normal|urgent)(?: priority)?(?:,? not .+)?(?: please| pls)?$/.exec(
    text.norm.slice(start).trim(),
  )?.groups?.level
  const prioritised = wanted?.do === 'update' && wanted.change.priority !== undefined
  if (!level || (start === 0 && wanted?.do !== 'add') || !(prioritised || wanted?.do === 'add'))
    return undefined
  return [{ do: 'update', target: { by: 'pronoun', many: false }, change: { priority: priorityOf(level) } }]
}

const isPointing = ({ by }: Target) =>
  by === 'id' || by === 'place' || by === 'other' || by === 'both' || by === 'latest' || by === 'except'

const isTitled = (wanted: Goal | undefined) =>
  wanted?.do === 'add' || (wanted?.do === 'update' && wanted.change.title !== undefined)

function pointing(target: Target, memory: Memory, { corrects }: { corrects: boolean }): Goal[] | undefined {
  const { wanted } = memory
  const other = target.by === 'other' || target.by === 'both'
  if (wanted && 'target' in wanted && (corrects || other)) return again(wanted, target, memory)
  if (other || target.by === 'except') return [{ do: 'instead', target }]
  return [{ do: 'status', target, about: 'all' }]
}

/** The same for another task; what was done to the wrong one is taken back, except that nothing is deleted for it. */
function again(wanted: Goal & { target: Target }, target: Target, memory: Memory): Goal[] {
  // The same act with another target, so it is of the same kind.
  const goal = { ...wanted, target } as Goal
  const alone = target.by === 'other' || target.by === 'both' || memory.restore.length !== 1
  if (alone || (target.by === 'title' && wanted.do === 'update')) return [goal]
  return [...memory.restore, goal]
}

/** "John, not Jon": a word of the title that was just given. */
function reworded({ raw }: Text, wanted: Goal | undefined): Goal[] | undefined {
  const title =
    wanted?.do === 'add' ? wanted.details.title : wanted?.do === 'update' ? wanted.change.title : undefined
  const { right, wrong } = /^(?<right>\S+(?: \S+)?),? not (?<wrong>\S+(?: \S+)?)$/iu.exec(raw)?.groups ?? {}
  const words = title?.split(' ') ?? []
  const at = words.findIndex(word => word.toLowerCase() === wrong?.toLowerCase())
  if (!right || at < 0) return undefined
  return [
    {
      do: 'update',
      target: { by: 'pronoun', many: false },
      change: { title: words.with(at, right).join(' ') },
    },
  ]
}

/** "no, I didn't", after something was marked as done. */
const denial =
  /^(?:i|we) (?:didn't|did not|haven't|have not)(?: (?:actually|really|yet))*(?: (?:do|done|finish(?:ed)?) (?:it|that|this))?(?: yet)?$/

/** "it's John with an h: email John": the title comes behind. */
const respelt = /^(?:it|that|this)(?:'s| is| was| should (?:be|say|read)) [^:]{1,40}: (?=\S)/

/** "no, I meant oat milk", right after a title was given. */
function retitled(text: Text): Goal[] | undefined {
  const spelt = respelt.exec(text.norm)
  const title = titleOf(spelt ? slice(text, spelt[0].length) : text)
  return title === ''
    ? undefined
    : [{ do: 'update', target: { by: 'pronoun', many: false }, change: { title } }]
}

interface Dating {
  memory: Memory
  clock: Clock
  words: string
  text: Text
}

/** A date or time alone, right after a task was added or given one: that task's. */
function redated(rest: Text, { memory, clock, words, text }: Dating): Goal[] | undefined {
  const { wanted } = memory
  const about = wanted?.do === 'add' || (wanted?.do === 'update' && !wanted.change.title)
  const plain = text.norm.replace(/,? *\bi mean(?:t)?\b,?/, '')
  const when = about ? (readWhen(rest.norm, clock) ?? readWhen(plain, clock)) : undefined
  // "tomorrow" alone may as well ask what is on then.
  if (!when || (words === '' && plain === text.norm && !/^(?:due|by|on|at|for|in|until)\b/.test(text.norm)))
    return undefined
  const change = dated(when, clock)
  if (when.hasDay && !when.hasTime && mistaken.test(words)) change.keepsTime = true
  return [{ do: 'update', target: { by: 'pronoun', many: false }, change }]
}

/** What takes the last changes back; nothing brings a deleted task back. */
export function undoing(memory: Memory): Goal[] {
  return memory.restore.length > 0 ? memory.restore : [{ do: 'undo' }]
}
