import type { Goal, Target } from './goal.ts'
import { listArguments } from './list-arguments.ts'
import { likeness, likenessScore, wordsOf } from './matching.ts'
import type { Memory, Named } from './memory.ts'
import { ask, fetchTasks, isReport, type Pursuit, type Report, type Scene, type TaskPage } from './pursuit.ts'
import { isTaskId, type Task } from './task.ts'
import { rows } from './telling.ts'

/**
 * From a phrase to the task it means. Every way to mean a task gives candidates with a score and a reason; the
 * best one is taken only when it leads by a margin, otherwise the user is asked. A guess never changes data.
 */
export interface Candidate {
  task: Named
  score: number
  reason: string
}

export interface Found {
  tasks: Named[]
  /** Numbers that name no task. */
  missing: number[]
}

const MARGIN = 0.15
const MOST_CANDIDATES = 10

/** The candidates that are not clearly worse than the best one: one is an answer, several are a question. */
export function leaders(candidates: Candidate[]): Candidate[] {
  const best = Math.max(0, ...candidates.map(({ score }) => score))
  return candidates.filter(({ score }) => score > 0 && score > best - MARGIN)
}

/** How far back a mention lies counts by the turns that mentioned anything, not by small talk between them. */
const FADING = 0.5

export function spokenOf(memory: Memory, createdOnly = false): Candidate[] {
  const mentions = [...memory.mentions.values()].filter(one => !createdOnly || one.reason === 'created')
  const turns = [...new Set(mentions.map(({ turn }) => turn))].sort((a, b) => b - a)
  return mentions.map(({ task, turn, weight, reason }) => ({
    task,
    score: weight * FADING ** turns.indexOf(turn),
    reason,
  }))
}

/** What makes sense for the goal: one completes what is pending and reopens what is done. */
function fitness(goal: Goal, task: Named): number {
  if (goal.do === 'complete') return task.completed ? 0 : 0.16
  if (goal.do === 'reopen') return task.completed ? 0.16 : 0
  return 0
}

export function alike(words: string, tasks: Named[], goal: Goal): Candidate[] {
  const query = wordsOf(words)
  return tasks.flatMap(task => {
    const reason = likeness(query, wordsOf(task.title ?? ''))
    return reason === 'none' ? [] : [{ task, score: likenessScore[reason] + fitness(goal, task), reason }]
  })
}

const isWeak = (candidate: Candidate) => candidate.reason === 'some'

const askAmong = (goal: Goal, candidates: Candidate[], scene: Scene): Report => {
  if (candidates.length === 0) return askOpen(goal, scene)
  const tasks = candidates.slice(0, MOST_CANDIDATES).map(({ task }) => task)
  const text = scene.phrases.askWhich(rows(tasks, scene))
  return { ...ask(text, { slot: 'target', goal, candidates: tasks }), shown: tasks }
}

const askOpen = (goal: Goal, scene: Scene): Report =>
  ask(scene.phrases.askWhichOpen, { slot: 'target', goal })

const found = (tasks: Named[]): Found => ({ tasks, missing: [] })

function decide(goal: Goal, candidates: Candidate[], scene: Scene): Found | Report {
  const best = leaders(candidates)
  if (best.length === 0) return askOpen(goal, scene)
  return best[0] && best.length === 1 ? found([best[0].task]) : askAmong(goal, best, scene)
}

export const absent = (text: string, { phrases }: Scene): Report => ({
  text,
  offer: { text: phrases.offerList, goal: { do: 'list', query: { status: 'all' } } },
})

function* byTitle(goal: Goal, words: string, scene: Scene): Pursuit<Found | Report> {
  const page = yield* allTasks(words, scene)
  if (isReport(page)) return page
  const candidates = alike(words, page.tasks, goal)
  const best = leaders(candidates)
  if (best.length > 0 && !best.every(isWeak)) return decide(goal, best, scene)
  const several = partwise(words, page.tasks, goal)
  if (several) return found(several)
  if (best.length === 0) return absent(scene.phrases.noSuchTitle(words), scene)
  const tasks = best.slice(0, MOST_CANDIDATES).map(({ task }) => task)
  const text = scene.phrases.didYouMean(words, rows(tasks, scene))
  return { ...ask(text, { slot: 'target', goal, candidates: tasks }), shown: tasks }
}

/** "complete buy milk and pay bills": two titles, when each part names exactly one task. */
function partwise(words: string, tasks: Task[], goal: Goal): Named[] | undefined {
  const parts = words.split(/\s*,\s*(?:and\s+)?|\s+(?:and|aur|اور|&)\s+/iu).filter(part => part.trim() !== '')
  if (parts.length < 2 || parts.length > 10) return undefined
  const named = parts.map(part => leaders(alike(part, tasks, goal)))
  const clear = named.every(best => best.length === 1 && !best.some(isWeak))
  return clear ? named.flatMap(best => best.map(({ task }) => task)) : undefined
}

/** Every task; when there are more than one page holds, those that contain the words come too. */
function* allTasks(words: string, scene: Scene): Pursuit<TaskPage | Report> {
  const page = yield* fetchTasks(scene, 'list_tasks', { status: 'all' })
  if (isReport(page) || page.total <= page.tasks.length || words === '') return page
  const more = yield* fetchTasks(scene, 'search_tasks', { query: words.slice(0, 200) })
  if (isReport(more)) return page
  const known = new Set(page.tasks.map(({ id }) => id))
  return { tasks: [...page.tasks, ...more.tasks.filter(({ id }) => !known.has(id))], total: page.total }
}

/** Tasks by their numbers; looked up only when more than the number must be known. */
function* byId(ids: number[], scene: Scene, lookUp: boolean): Pursuit<Found | Report> {
  const possible = ids.filter(isTaskId)
  const impossible = ids.filter(id => !isTaskId(id))
  if (!lookUp || possible.length === 0) return { tasks: possible.map(id => ({ id })), missing: impossible }
  const page = yield* allTasks('', scene)
  if (isReport(page)) return page
  const whole = page.total <= page.tasks.length
  const known = possible.map(id => page.tasks.find(task => task.id === id) ?? { id, unknown: whole })
  return {
    tasks: known.filter(task => !('unknown' in task) || !task.unknown).map(({ ...task }) => task),
    missing: [...known.filter(task => 'unknown' in task && task.unknown).map(({ id }) => id), ...impossible],
  }
}

function byPlace(goal: Goal, places: number[], scene: Scene): Found | Report {
  const { shown } = scene.memory
  const latest = [...scene.memory.mentions.values()].find(({ turn }) => turn > scene.memory.shownTurn)
  if (places.length === 1 && places[0] === -1 && (shown.length === 0 || latest))
    return decide(goal, spokenOf(scene.memory), scene)
  const tasks = places.map(place => shown.at(place < 0 ? place : place - 1))
  const gap = places.find((_place, index) => !tasks[index])
  if (shown.length === 0) return askOpen(goal, scene)
  if (gap !== undefined) return ask(scene.phrases.noPlace(gap), { slot: 'target', goal, candidates: shown })
  return found(tasks.filter(task => task !== undefined))
}

/** The tasks "them" and "both" mean: the last list, or all that the last turn spoke of. */
function lastGroup(memory: Memory): Named[] {
  const mentions = [...memory.mentions.values()]
  const newest = Math.max(-1, ...mentions.map(({ turn }) => turn))
  if (memory.shownTurn >= newest && memory.shown.length > 0) return memory.shown
  return mentions.filter(({ turn }) => turn === newest).map(({ task }) => task)
}

function byGroup(goal: Goal, target: Target, scene: Scene): Found | Report {
  const group = lastGroup(scene.memory)
  if (target.by === 'pronoun' && group.length > 0) return found(group)
  if (target.by === 'both') {
    const recent = [...scene.memory.mentions.values()].sort((a, b) => b.turn - a.turn).slice(0, 2)
    const pair = group.length === 2 ? group : recent.map(({ task }) => task)
    return pair.length === 2 && group.length <= 2 ? found(pair) : askAmong(goal, asCandidates(group), scene)
  }
  const strongest = leaders(spokenOf(scene.memory))[0]?.task.id
  const { shown } = scene.memory
  const others = (shown.length === 2 ? shown : group).filter(({ id }) => id !== strongest)
  return others.length === 1 ? found(others) : askAmong(goal, asCandidates(others), scene)
}

const asCandidates = (tasks: Named[]): Candidate[] =>
  tasks.map(task => ({ task, score: 1, reason: 'listed' }))

/** The lead of "it" may be read from the conversation, but whether it still exists is for the tool to say. */
export function* find(
  goal: Goal & { target: Target },
  scene: Scene,
  lookUp: boolean,
): Pursuit<Found | Report> {
  const { target } = goal
  if (target.by === 'id') return yield* byId(target.ids, scene, lookUp)
  if (target.by === 'title') return yield* byTitle(goal, target.words, scene)
  if (target.by === 'set') {
    const page = yield* fetchTasks(scene, 'list_tasks', listArguments(target.query))
    return isReport(page) ? page : found(page.tasks)
  }
  const pointed = pointedAt(goal, target, scene)
  if (isReport(pointed) || !lookUp) return pointed
  return yield* byId(
    pointed.tasks.map(({ id }) => id),
    scene,
    true,
  )
}

/** "complete it" means nothing that is done already, as long as something else was spoken of. */
function suited(candidates: Candidate[], goal: Goal): Candidate[] {
  if (goal.do !== 'complete' && goal.do !== 'reopen') return candidates
  const fit = candidates.filter(({ task }) => (task.completed === true) === (goal.do === 'reopen'))
  return fit.length > 0 ? fit : candidates
}

function pointedAt(goal: Goal, target: Target, scene: Scene): Found | Report {
  if (target.by === 'place') return byPlace(goal, target.places, scene)
  if (target.by === 'latest') return decide(goal, spokenOf(scene.memory, true), scene)
  const single = target.by === 'nothing' || (target.by === 'pronoun' && !target.many)
  if (single) return decide(goal, suited(leaders(spokenOf(scene.memory)), goal), scene)
  return lastGroup(scene.memory).length === 0 ? askOpen(goal, scene) : byGroup(goal, target, scene)
}
