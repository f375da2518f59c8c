import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { withUser } from '../server/db/database.ts'
import { tasks as stored } from '../server/db/schema.ts'
import { outcomeSchema } from '../server/routes/turn-schema.ts'
import { type TaskView, taskView } from '../server/store/task-view.ts'
import type { GivenTask, Scenario } from './scenario-schema.ts'
import type { Person, Stage } from './stage.ts'

/** What came of a scenario, for the judge. */
export interface Played {
  turns: PlayedTurn[]
  before: TaskView[]
  after: TaskView[]
  othersBefore: TaskView[]
  othersAfter: TaskView[]
}

export interface PlayedTurn {
  say: string
  /** Empty when the turn failed; `problem` then says how. */
  response: string
  status: string
  calls: PlayedCall[]
  problem?: string
}

export type PlayedCall = z.output<typeof outcomeSchema>['tool_calls'][number]

let played = 0

/** Two users who exist for this scenario alone talk to the server as clients do. */
export async function playScenario(stage: Stage, scenario: Scenario): Promise<Played> {
  const number = ++played
  await stage.setClock(scenario.now)
  const [user, other] = [await stage.enter(`ada-${number}`), await stage.enter(`bob-${number}`)]
  for (const task of scenario.tasks) await plant(stage, user, plantedAs(task, scenario))
  for (const task of scenario.others) await plant(stage, other, plantedAs(task, scenario))
  const [before, othersBefore] = [await tasksOf(user), await tasksOf(other)]
  const turns = await converse(user, scenario)
  return { turns, before, after: await tasksOf(user), othersBefore, othersAfter: await tasksOf(other) }
}

async function converse(user: Person, scenario: Scenario): Promise<PlayedTurn[]> {
  const turns: PlayedTurn[] = []
  let conversation: string | undefined
  for (const { say } of scenario.turns) {
    const { status, body } = await user.request('POST', '/chat', {
      body: { message: say, conversation_id: conversation },
      headers: { 'x-time-zone': scenario.time_zone },
    })
    const outcome = status === 200 ? outcomeSchema.safeParse(body) : undefined
    if (!outcome?.success) {
      const problem = `answered ${status}: ${JSON.stringify(body)}`
      return [...turns, { say, response: '', status: 'failed', calls: [], problem }]
    }
    const { response, status: ending, tool_calls: calls, conversation_id } = outcome.data
    conversation = conversation_id
    turns.push({ say, response, status: ending, calls })
  }
  return turns
}

const listed = z.array(taskView)

async function tasksOf(person: Person): Promise<TaskView[]> {
  const { body } = await person.request('GET', '/tasks?limit=200')
  return listed.parse(body).sort((a, b) => a.id - b.id)
}

type PlantedTask = Omit<GivenTask, 'completed'> & { time_zone: string }

const plantedAs = ({ completed, ...task }: GivenTask, { now, time_zone }: Scenario): PlantedTask => ({
  time_zone,
  ...(completed && { completed_at: now }),
  ...task,
})

async function plant(stage: Stage, person: Person, task: PlantedTask): Promise<void> {
  const { completed_at, created_at, ...fields } = task
  const { status, body } = await person.request('POST', '/tasks', { body: fields })
  if (status !== 201) throw new Error(`The task “${task.title}” cannot be set up: ${JSON.stringify(body)}`)
  if (!(completed_at || created_at)) return
  const at = and(eq(stored.userId, person.userId), eq(stored.id, taskView.parse(body).id))
  // Written directly: no client can set these, and completing a recurring task would make its next one.
  const times = {
    ...(created_at && { createdAt: new Date(created_at) }),
    ...(completed_at && { completedAt: new Date(completed_at) }),
  }
  await withUser(stage.db, person.userId, tx => tx.update(stored).set(times).where(at))
}
