import type { Goal, Target } from './goal.ts'

/** How the goals of one message belong together. */

const isAct = (goal: Goal) =>
  goal.do === 'delete' || goal.do === 'complete' || goal.do === 'reopen' || goal.do === 'keep'

const sameTarget = (a: Target, b: Target) =>
  a.by === 'nothing' || b.by === 'nothing' || b.by === 'pronoun' || JSON.stringify(a) === JSON.stringify(b)

const isUntitled = ({ details }: Goal & { do: 'add' }) =>
  details.title === undefined && details.wrongDate === undefined

const repeats = (goal: Goal, before: Goal) =>
  (goal.do === 'update' && before.do === 'update' && goal.target.by === 'nothing' && isEmpty(goal)) ||
  (goal.do === 'update' &&
    before.do === 'update' &&
    pointsBack(goal.target) &&
    JSON.stringify(goal.change) === JSON.stringify(before.change)) ||
  ((goal.do === 'complete' || goal.do === 'delete' || goal.do === 'reopen') &&
    before.do === goal.do &&
    pointsBack(goal.target) &&
    before.target.by !== 'nothing')

const isEmpty = ({ change, field }: Goal & { do: 'update' }) =>
  field === undefined && Object.keys(change).length === 0

const pointsBack = (target: Target) => target.by === 'pronoun' && !target.many

/** Joins what belongs together: "complete and delete task 5" shares its task, two deletions share their question. */
export function compose(goals: Goal[]): Goal[] {
  const composed: Goal[] = []
  const adds = goals.filter(goal => goal.do === 'add')
  for (const [index, goal] of goals.entries()) {
    const [before, after] = [composed.at(-1), goals[index + 1]]
    // "I'll do it tomorrow, postpone it" says twice what is wanted once.
    if (
      goal.do === 'update' &&
      goal.field === 'due_date' &&
      before?.do === 'update' &&
      before.change.due_date &&
      Object.keys(goal.change).length === 0
    )
      continue
    // "the taxes are for Friday, please update", "walked the dog, so mark that as done": the same once more.
    if (before && repeats(goal, before)) continue
    // "Add these tasks:" only announces those that follow.
    if (goal.do === 'add' && isUntitled(goal) && adds.some(one => !isUntitled(one))) continue
    if (
      isAct(goal) &&
      'target' in goal &&
      goal.target.by === 'nothing' &&
      after &&
      'target' in after &&
      isAct(after)
    )
      composed.push({ ...goal, target: after.target })
    else if (goal.do === 'update' && goal.target.by === 'nothing' && before?.do === 'update')
      composed.push({ ...goal, target: before.target })
    else if (
      goal.do === 'delete' &&
      before?.do === 'delete' &&
      goal.target.by === 'id' &&
      before.target.by === 'id'
    )
      composed[composed.length - 1] = {
        ...goal,
        target: { by: 'id', ids: [...new Set([...before.target.ids, ...goal.target.ids])].slice(0, 50) },
      }
    else composed.push(goal)
  }
  return withoutContradiction(composed)
}

/** Fields that need nothing looked up: of the others, the second depends on what became of the first. */
const plainFields = new Set(['title', 'description', 'priority', 'due_date'])

const isPlainChange = ({ change }: Goal & { do: 'update' }) => {
  const fields = Object.keys(change)
  const fits = Array.from(change.title ?? '').length <= 200
  return fits && fields.length > 0 && fields.every(field => plainFields.has(field))
}

const onlyAddsTags = ({ change }: Goal & { do: 'update' }) => Object.keys(change).join() === 'addTags'

/** "make it high priority and due Monday": a call for each, told as one change. */
export function joinUpdates(goals: Goal[]): Goal[] {
  const joined: Goal[] = []
  for (const goal of goals) {
    const before = joined.at(-1)
    const follows = goal.do === 'update' && before?.do === 'update' && sameTarget(before.target, goal.target)
    if (follows && isPlainChange(before) && (isPlainChange(goal) || onlyAddsTags(goal)))
      joined[joined.length - 1] = { ...before, also: [...(before.also ?? []), goal.change] }
    else joined.push(goal)
  }
  return joined
}

/** "keep the fence, delete the rest": all but what is kept. */
function sparing(goal: Goal, kept: Target[]): Goal {
  if (!isAct(goal) || !('target' in goal) || goal.target.by !== 'set') return goal
  const target = kept.reduce<Target>((all, not) => ({ by: 'except', all, not }), goal.target)
  return { ...goal, target }
}

/** "delete and keep task 5" cannot be done; "delete task 4 but keep task 5" only says what to leave alone. */
function withoutContradiction(goals: Goal[]): Goal[] {
  const kept = goals.flatMap(goal => (goal.do === 'keep' ? [goal.target] : []))
  if (kept.length === 0) return goals
  const clash = goals.find(
    goal =>
      goal.do !== 'keep' &&
      isAct(goal) &&
      'target' in goal &&
      kept.some(target => sameTarget(goal.target, target)),
  )
  if (clash && 'target' in clash) return [{ do: 'contradiction', target: clash.target }]
  const rest = goals.filter(goal => goal.do !== 'keep').map(goal => sparing(goal, kept))
  return rest.length > 0 ? rest : [{ do: 'say', topic: 'leftAlone' }]
}
