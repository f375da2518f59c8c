import { alike, type Candidate, isWeak, leaders, spokenOf } from './candidates.ts'
import type { Goal, Query, Target } from './goal.ts'
import { inSpan, listArguments } from './list-arguments.ts'
import { likeness, wordsOf } from './matching.ts'
import type { Memory, Named } from './memory.ts'
import { ask, fetchTasks, isReport, type Pursuit, type Report, type Scene, type TaskPage } from './pursuit.ts'
import { readQuery } from './query.ts'
import { namedBefore } from './said-before.ts'
import { isVague } from './target-set.ts'
import { isTaskId, type Task } from './task.ts'
import { rows } from './telling.ts'
import { textOf } from './text.ts'

/**
 * From a phrase to the task it means, in one place. Every way to mean a task gives candidates; the best one is taken
 * only when it leads by a margin, otherwise the user is asked. A guess never changes data.
 */
export interface Found {
  tasks: Named[]
  /** Numbers that name no task. */
  missing: number[]
  /** Titles that nothing is called. */
  unknown?: string[]
}

const MOST_CANDIDATES = 10

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

export type TaskGoal = Goal & { target: Target }

export const absent = (text: string, { phrases }: Scene): Report => ({
  text,
  offer: { text: phrases.offerList, goal: { do: 'list', query: { status: 'all' } } },
})

function* byTitle(
  goal: Goal,
  { words, or }: Target & { by: 'title' },
  scene: Scene,
): Pursuit<Found | Report> {
  const page = yield* allTasks(words, scene)
  if (isReport(page)) return page
  const candidates = alike(words, page.tasks, goal)
  const best = leaders(candidates)
  if (best.length > 0 && !best.every(isWeak)) return decide(goal, best, scene)
  const other = or === undefined ? [] : leaders(alike(or, page.tasks, goal))
  if (other.length > 0 && !other.every(isWeak)) return decide(goal, other, scene)
  const several = partwise(words, page.tasks, goal)
  if (several) return several
  if (best.length === 0) return absent(scene.phrases.noSuchTitle(words), scene)
  const tasks = best.slice(0, MOST_CANDIDATES).map(({ task }) => task)
  const text = scene.phrases.didYouMean(words, rows(tasks, scene))
  return { ...ask(text, { slot: 'target', goal, candidates: tasks }), shown: tasks }
}

/** "complete buy milk and pay bills": two titles, when each part names exactly one task or none at all. */
function partwise(words: string, tasks: Task[], goal: Goal): Found | undefined {
  const parts = words.split(/\s*,\s*(?:and\s+)?|\s+(?:and|aur|اور|&)\s+/iu).filter(part => part.trim() !== '')
  if (parts.length < 2 || parts.length > 10) return undefined
  const named = parts.map(part => leaders(alike(part, tasks, goal)))
  const clear = named.map(best => (best.length === 1 && !best.some(isWeak) ? best[0]?.task : undefined))
  const nowhere = named.map(best => best.every(isWeak))
  if (!clear.some(Boolean) || clear.some((task, index) => !task && !nowhere[index])) return undefined
  const unknown = parts.filter((_part, index) => !clear[index]).map(part => part.trim())
  return { ...found(clear.filter(task => task !== undefined)), ...(unknown.length > 0 ? { unknown } : {}) }
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
export function* find(goal: TaskGoal, scene: Scene, lookUp: boolean): Pursuit<Found | Report> {
  const { target } = goal
  if (target.by === 'id') return yield* byId(target.ids, scene, lookUp)
  if (target.by === 'title') return yield* byTitle(goal, target, scene)
  if (target.by === 'set') return yield* bySet(goal, target, scene)
  if (target.by === 'said') return yield* bySaid(goal, target.words, scene)
  if (target.by === 'other' && scene.memory.shown.length !== 2 && lastGroup(scene.memory).length < 2)
    return yield* byElimination(goal, scene)
  if (target.by === 'except') return yield* byException(goal, target, scene)
  const pointed = pointedAt(goal, target, scene)
  if (isReport(pointed) || !lookUp) return pointed
  return yield* byId(
    pointed.tasks.map(({ id }) => id),
    scene,
    true,
  )
}

/** What was just said about counts before what was spoken of earlier. */
function* bySaid(goal: TaskGoal, words: string, scene: Scene): Pursuit<Found | Report> {
  const page = yield* allTasks(words, scene)
  if (isReport(page)) return page
  const named = suited(leaders(namedBefore(words, page.tasks)), goal)
  return named.length > 0
    ? decide(goal, named, scene)
    : pointedAt(goal, { by: 'pronoun', many: false }, scene)
}

/** "the other one" where one task alone was spoken of: the only other there is. */
function* byElimination(goal: TaskGoal, scene: Scene): Pursuit<Found | Report> {
  const every = yield* bySet(goal, { by: 'set', query: { status: 'all' } }, scene)
  if (isReport(every)) return every
  const spoken = leaders(spokenOf(scene.memory))[0]?.task.id
  const others = every.tasks.filter(({ id }) => id !== spoken)
  return others.length === 1 ? found(others) : askAmong(goal, asCandidates(others), scene)
}

/** What there is to do: one completes what is pending, and reopens what is done. */
const states: Partial<Record<Goal['do'], Query['status']>> = { complete: 'pending', reopen: 'completed' }

function* bySet(goal: Goal, target: Target & { by: 'set' }, scene: Scene): Pursuit<Found | Report> {
  const read = target.words === undefined ? undefined : readQuery(textOf(target.words), scene.clock)
  const query: Query = { ...target.query, ...read?.query }
  // Words that come to no filter describe nothing: everything there is was not meant by them.
  if (read && isVague(target, read)) return askOpen(goal, scene)
  const state = states[goal.do]
  if (state && (query.status === undefined || query.status === 'all')) query.status = state
  const page = yield* fetchTasks(scene, 'list_tasks', listArguments(query))
  if (isReport(page)) return page
  const { span } = query
  const inTime = span ? page.tasks.filter(inSpan(span)) : page.tasks
  const words = read?.words.join(' ') ?? ''
  const tasks = words === '' ? inTime : inTime.filter(task => isAbout(words, task))
  if (target.single && tasks.length > 1) return askAmong(goal, asCandidates(tasks), scene)
  return words !== '' && tasks.length === 0 ? absent(scene.phrases.noSuchTitle(words), scene) : found(tasks)
}

/** A task is about words that are its tag, or all of them in its title. */
function isAbout(words: string, task: Task): boolean {
  if (task.tags.some(tag => tag.toLowerCase() === words)) return true
  const kind = likeness(wordsOf(words), wordsOf(task.title))
  return kind === 'exact' || kind === 'same' || kind === 'all'
}

function* byException(
  goal: Goal,
  { all, not }: Target & { by: 'except' },
  scene: Scene,
): Pursuit<Found | Report> {
  const every = yield* find({ ...goal, target: all } as TaskGoal, scene, true) // the same goal, for other tasks
  if (isReport(every)) return every
  const kept = yield* excepted(every.tasks, not, scene)
  if (isReport(kept)) return kept
  const ids = new Set(kept.tasks.map(({ id }) => id))
  return found(every.tasks.filter(({ id }) => !ids.has(id)))
}

/** What is left out is looked for among all there is, whatever its state. */
const excepted = (among: Named[], target: Target, scene: Scene) => {
  const shown = scene.memory.shown.length > 0 ? scene.memory.shown : among
  const within = { ...scene, memory: { ...scene.memory, shown } }
  return find({ do: 'status', about: 'all', target }, within, true)
}

/** "complete it" means nothing that is done already, as long as something else was spoken of. */
function suited(candidates: Candidate[], goal: Goal): Candidate[] {
  if (goal.do !== 'complete' && goal.do !== 'reopen') return candidates
  const fit = candidates.filter(({ task }) => (task.completed === true) === (goal.do === 'reopen'))
  return fit.length > 0 ? fit : candidates
}

function pointedAt(goal: Goal, target: Target, scene: Scene): Found | Report {
  if (target.by === 'place') return byPlace(goal, target.places, scene)
  if (target.by === 'oneOf') return askAmong(goal, asCandidates(lastGroup(scene.memory)), scene)
  if (target.by === 'latest') return decide(goal, spokenOf(scene.memory, true), scene)
  const single = target.by === 'nothing' || (target.by === 'pronoun' && !target.many)
  if (single) return decide(goal, suited(leaders(spokenOf(scene.memory)), goal), scene)
  return lastGroup(scene.memory).length === 0 ? askOpen(goal, scene) : byGroup(goal, target, scene)
}
