import type { Target } from './goal.ts'
import type { Text } from './text.ts'

/** Phrases that mean every task of a kind: "all completed tasks", "everything that's overdue", "the shopping tasks". */

const everything =
  /^(?:all|everything|every ?thing|all (?:of )?(?:my |the )?(?:tasks?|items?|to-?dos?|reminders?|things?)|every (?:single )?(?:task|item|one)|each task|(?:my |the )?(?:whole |entire |full )?(?:to-?do |task )?list|(?:the )?(?:whole|entire) thing|whatever (?:is )?(?:left|remains)|the rest|all the rest|all of it|it all|the lot|the whole lot|them all|my tasks|the tasks|tasks|sab|sab kuch|saare kaam|sare kaam|sab kaam|sare tasks|saare tasks|sab tasks|سب|سب کچھ|(?:سب|سبھی|سارے|تمام) کام)$/
const statusSet =
  /^(?:all |every |each |sab |saare |sare |tamam |سب |سارے |تمام )?(?:of )?(?:my |the )*(?:all )?(?<kind>completed?|done|finished|pending|open|incomplete|unfinished|remaining|overdue|late|mukammal|مکمل|high priority|high-priority|low priority|low-priority|medium priority|urgent)(?: (?:tasks?|items?|ones?|to-?dos?|things?|stuff|reminders?|kaam|کام))$|^(?:all |every )(?:my |the )*(?:that(?:'s| is| are) )?(?<bare>completed|done|finished|pending|overdue)$/
const stateOf =
  /^(?:(?:all|everything|anything|every task|whatever)(?: (?:of )?(?:them|those|these|it))?(?: (?:that|which))?(?: ?(?:'s|is|are|i(?:'ve| have)?))?(?: (?:already|still|been|been marked))*|the) (?<kind>completed?|done|finished|pending|open|overdue|late|ticked off)(?: already)?$|^(?<alone>completed|finished|done)$/
const plural =
  /^(?:(?:all|every|each|any)(?: (?:of|the|my|these|those|that|our))*|the|my|these|those)? ?(?<about>(?:[^,]+ )?(?:tasks|ones|items|reminders|to-?dos|todos|chores|kaam|کام)(?: .+)?|.* (?:task|item|to-?do)(?: (?:tagged|about|with|due|for|that|containing|in|on) .+)?)$/
/** "everything due today", "whatever is tagged home". */
const described =
  /^(?:everything|every ?thing|anything|whatever|all|all (?:of )?(?:the )?(?:stuff|things)|what|those|the ones)(?: (?:that|which|i have|i've got))?(?: ?(?:'s|is|are|was|were))? (?:due|tagged|labelled|labeled|about|for|from|set for|scheduled|planned|overdue|with|marked|on|in) .+$/
const vague = /^(?:everything|anything|whatever|those|what|the ones|all (?!my|the|of|tasks))/i

/** "everything with it": a kind that no filter makes out. */
export const isVague = (
  { words = '' }: Target & { by: 'set' },
  read: { filtered: boolean; words: string[] },
) => vague.test(words) && !read.filtered && read.words.length === 0

const every = /^(?:all|every|each|any|sab|saare|sare|تمام|سب|سارے) /

export function readSet({ norm, raw }: Text): Target | undefined {
  if (only.test(norm)) return { by: 'set', query: {}, words: raw, single: true }
  if (everything.test(norm)) return { by: 'set', query: { status: 'all' } }
  const groups = statusSet.exec(norm)?.groups
  const state = stateOf.exec(norm)?.groups
  const kind = groups?.kind ?? groups?.bare ?? state?.kind ?? state?.alone
  if (kind && /^(?:complete|done|finished|ticked|mukammal|مکمل)/.test(kind))
    return { by: 'set', query: { status: 'completed' } }
  if (kind && /^(?:overdue|late)/.test(kind)) return { by: 'set', query: { due: 'overdue' } }
  const priority = kind?.match(/^(high|urgent|medium|low)/)?.[1]
  if (priority === 'medium' || priority === 'low') return { by: 'set', query: { priority } }
  if (priority) return { by: 'set', query: { priority: 'high' } }
  if (kind) return { by: 'set', query: { status: 'pending' } }
  return several(norm) || described.test(norm) ? { by: 'set', query: {}, words: raw } : undefined
}

/** The one of a kind, if there is only one. */
const only =
  /^the (?:(?:high|low|medium)[- ]priority|high|low|urgent|important|overdue|completed|finished|pending|open|#[\p{L}\p{N}_-]+) (?:one|task|item)$|^the (?:one|task) (?:(?:tagged|due) .+|(?:for|on) (?:today|tomorrow|tonight|(?:this|next) (?:week|weekend)|(?:mon|tues|wednes|thurs|fri|satur|sun)day))$/u

/** Several tasks are meant by a plural ("the shopping tasks"), or by "every" before a single one. */
function several(norm: string): boolean {
  const about = plural.exec(norm)?.groups?.about
  if (about === undefined || norm.includes('"')) return false
  const single = !/(?:^| )(?:tasks|ones|items|reminders|to-?dos|todos|chores|kaam|کام)(?: |$)/.test(norm)
  const named = /^(?:tasks|ones|items|reminders|to-?dos|todos) /.test(about) && !every.test(norm)
  if (single || /(?:^| )(?:kaam|کام)(?: |$)/.test(norm)) return every.test(norm)
  return !named || / (?:tagged|about|due|with|that)(?: |$)/.test(norm)
}
