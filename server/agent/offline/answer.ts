import { confirmsItself } from '../verdict.ts'
import type { Goal } from './goal.ts'
import { interpret } from './interpret.ts'
import type { Language } from './language.ts'
import { copyOf, emptyMemory, isListing, learnFromRecords, type Memory } from './memory.ts'
import { phraseBook } from './phrase-book.ts'
import { type Run, run, type Step } from './plan.ts'
import type { CallRecord, Turn } from './prompt.ts'
import type { Clock } from './zone.ts'

/**
 * Nothing is kept between calls, so what was asked, listed and spoken of is found again by playing the recent
 * turns through the same plan with their recorded outcomes. A turn that does not fit its plan (another model
 * answered it) teaches by its records alone.
 */
const TURNS_PLAYED = 6

/** What a turn was about; a turn that begins with a "yes" goes on with that of the turn that asked. */
interface Course {
  goals: Goal[]
  language: Language
  records: CallRecord[]
  before: Memory
  message: string
}

interface Setting {
  clock: Clock
  tools: Set<string>
}

const wasApproved = ({ records }: Course) => records.some(({ outcome }) => outcome.is === 'approved')

/** What came before a turn: what is remembered, and the turn that may have asked for its "yes". */
interface Past {
  memory: Memory
  last: Course | undefined
}

function courseOf(turn: Turn, { memory, last }: Past, clock: Clock): Course {
  if (last && wasApproved(last) && turn.calls.length > 0) {
    const records = [...last.records.filter(({ outcome }) => outcome.is !== 'approved'), ...turn.calls]
    return { ...last, records, before: copyOf({ ...last.before, turn: memory.turn }) }
  }
  const { goals, language } = interpret(turn.message, memory, clock)
  return { goals, language, records: turn.calls, before: copyOf(memory), message: turn.message }
}

function play(course: Course, memory: Memory, { clock, tools, silent }: Setting & { silent: boolean }): Run {
  const { goals, records, language, message } = course
  const confirmed = (taskId: number) => confirmsItself(message, taskId)
  return run(goals, records, {
    memory,
    clock,
    tools,
    language,
    phrases: phraseBook[language],
    confirmed,
    zoneTold: false,
    silent,
  })
}

/** What a finished turn leaves behind for the next one. */
function remember(course: Course, turn: Turn, setting: Setting): Memory {
  const memory = copyOf(course.before)
  const { matched } = play(course, memory, { ...setting, silent: true })
  const asked = /[?؟]/.test(turn.said)
  const kept = matched ? memory : copyOf(course.before)
  if (!matched) learnFromRecords(kept, turn)
  if (!matched || !asked) kept.question = undefined
  return {
    ...kept,
    turn: kept.turn + 1,
    language: course.language,
    refused: turn.calls.some(({ outcome }) => outcome.is === 'denied'),
  }
}

export function answer(turns: Turn[], setting: Setting): Step {
  const current = turns.at(-1)
  if (!current) return { say: phraseBook.en.talk.greeting, calls: [] }
  let memory = emptyMemory()
  let last: Course | undefined
  const firstPlayed = Math.max(0, turns.length - 1 - TURNS_PLAYED)
  const early = turns.slice(0, firstPlayed)
  // Of lists this old only the last can still be meant.
  const lastList = early.findLastIndex(({ calls }) => calls.some(isListing))
  for (const [index, turn] of early.entries()) {
    learnFromRecords(memory, turn, { withLists: index === lastList })
    memory.turn += 1
  }
  for (const turn of turns.slice(firstPlayed, -1)) {
    last = courseOf(turn, { memory, last }, setting.clock)
    memory = remember(last, turn, setting)
  }
  const course = courseOf(current, { memory, last }, setting.clock)
  return play(course, copyOf(course.before), { ...setting, silent: false })
}
