import type { Goal } from './goal.ts'
import { forget, mention, show } from './memory.ts'
import type { Outcome } from './outcome.ts'
import type { CallRecord } from './prompt.ts'
import { pursueAdd, pursueFind, pursueList, pursueStatus, pursueWhoAmI } from './pursue-ask.ts'
import { pursueToggle } from './pursue-change.ts'
import { pursueDelete } from './pursue-delete.ts'
import { pursueRemind, pursueReminders, pursueUnremind } from './pursue-reminders.ts'
import { pursueUpdate } from './pursue-update.ts'
import { ask, type Call, type Pursuit, type Report, type Scene, UNAVAILABLE } from './pursuit.ts'

/** What the model does next: carry out calls (with what is said before them), or give the final answer. */
export interface Step {
  say: string
  calls: Call[]
}

// biome-ignore lint/correctness/useYield: talk needs no calls, but is a pursuit like every other.
function* speak(report: Report): Pursuit {
  return report
}

function pursue(goal: Goal, scene: Scene): Pursuit {
  switch (goal.do) {
    case 'add':
      return pursueAdd(goal, scene)
    case 'list':
      return pursueList(goal, scene)
    case 'find':
      return pursueFind(goal, scene)
    case 'status':
      return pursueStatus(goal, scene)
    case 'complete':
    case 'reopen':
      return pursueToggle(goal, scene)
    case 'update':
      return pursueUpdate(goal, scene)
    case 'delete':
      return pursueDelete(goal, scene)
    case 'remind':
      return scene.tools.has('set_reminder') ? pursueRemind(goal, scene) : pursue(goal.orElse, scene)
    case 'unremind':
      return scene.tools.has('cancel_reminder') ? pursueUnremind(goal, scene) : pursue(goal.orElse, scene)
    case 'reminders':
      return scene.tools.has('list_reminders') ? pursueReminders(scene) : pursue(goal.orElse, scene)
    case 'whoami':
      return pursueWhoAmI(scene)
    case 'contradiction':
      return speak({ text: scene.phrases.askContradiction })
    case 'keep':
      return speak({ text: scene.phrases.talk.leftAlone })
    case 'instead':
      return speak(ask(scene.phrases.askWhichOpen, { slot: 'target', goal }))
    case 'undo':
      return speak({ text: scene.phrases.talk.noUndo })
    case 'unread':
      return speak({ text: scene.phrases.notUnderstood(goal.words) })
    case 'say':
      return speak({ text: scene.phrases.talk[goal.topic] })
  }
}

/**
 * Finds the recorded outcomes of calls. They are matched by tool and order, not by arguments: the engine may have
 * normalised those, and asking again for a call that was carried out would carry it out twice.
 */
class Records {
  readonly #left: CallRecord[]

  constructor(records: CallRecord[]) {
    this.#left = [...records]
  }

  get used() {
    return this.#left.length === 0
  }

  take(calls: Call[]): Outcome[] | undefined {
    const outcomes = calls.map(({ tool }): Outcome | undefined => {
      const index = this.#left.findIndex(record => record.tool === tool)
      return index < 0 ? undefined : this.#left.splice(index, 1)[0]?.outcome
    })
    if (outcomes.every(outcome => outcome === undefined)) return undefined
    return outcomes.map(outcome => outcome ?? { is: 'waiting' })
  }
}

function learn(report: Report, scene: Scene) {
  const { memory } = scene
  if (report.shown) show(memory, report.shown)
  for (const { task, reason } of report.touched ?? []) mention(memory, task, reason)
  for (const id of report.gone ?? []) forget(memory, id)
  memory.restore = [...(report.restore ?? []), ...memory.restore]
}

/** An offer at the end of an answer is a question like any other. */
const offering = ({ offer, ...report }: Report): Report =>
  offer && !report.question
    ? { ...report, ...ask(`${report.text} ${offer.text}`.trim(), { slot: 'offer', goal: offer.goal }) }
    : report

const canBeCorrected = (goal: Goal) =>
  goal.do === 'add' || ('target' in goal && goal.do !== 'status' && goal.do !== 'keep')

export interface Run extends Step {
  /** The records were exactly those this plan asks for: the turn was ours. */
  matched: boolean
}

/** Pursues the goals in order over what was recorded so far, and stops at the first call that is not. */
export function run(goals: Goal[], records: CallRecord[], scene: Scene): Run {
  const left = new Records(records)
  let untold: string[] = []
  scene.memory.question = undefined
  // Thanks and greetings between a change and "undo that" take nothing away.
  if (goals.some(goal => goal.do !== 'say')) {
    scene.memory.wanted = undefined
    scene.memory.restore = []
  }
  for (const [index, goal] of goals.entries()) {
    const pursuit = pursue(goal, scene)
    let next = pursuit.next()
    while (!next.done) {
      const { calls, say } = next.value
      const missing = calls.some(({ tool }) => !scene.tools.has(tool))
      const unavailable = (): Outcome => ({ is: 'failed', error: UNAVAILABLE, notFound: false })
      const recorded = left.take(calls)
      if (!recorded && !missing)
        return { say: [...untold, say ?? ''].filter(Boolean).join('\n\n'), calls, matched: false }
      // It was told in the step that asked for these calls.
      if (recorded) untold = []
      next = pursuit.next(recorded ?? calls.map(unavailable))
    }
    const rest = goals.slice(index + 1)
    const report = rest.length === 0 ? offering(next.value) : next.value
    learn(report, scene)
    if (canBeCorrected(goal)) scene.memory.wanted = goal
    untold.push(report.text)
    if (!report.question) continue
    scene.memory.question = { ...report.question, rest, language: scene.language }
    // What follows an open question may depend on its answer.
    break
  }
  return { say: untold.filter(Boolean).join('\n\n'), calls: [], matched: left.used }
}
