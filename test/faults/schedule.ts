import type { Deed, Plan } from './plan.ts'
import { type Phase, type Point, phases } from './points.ts'
import { Random } from './random.ts'

/**
 * What happens to the process whose work is held at a point, while it is held:
 *
 *     kill        kill -9, and another process in its place
 *     pause       SIGSTOP until its lease has expired and others own its turns, then SIGCONT
 *     partition   the same without stopping it: only its connections to Postgres are blocked
 *     terminate   SIGTERM
 *     sever       the connection is cut: the statement, or its response, is lost
 *     severAll    all its connections are cut
 *     backend     Postgres ends that connection (pg_terminate_backend)
 *     hangUp      the clients disconnect; they come back with the same key, on another process
 *     duplicate   every pending post is sent again, to every process
 */
export const faultKinds = [
  'kill',
  'pause',
  'partition',
  'terminate',
  'sever',
  'severAll',
  'backend',
  'hangUp',
  'duplicate',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** The number of processes. */
export const fleetSize = 3

export interface Fault {
  kind: FaultKind
  point: Point
  /** Strikes when work reaches the point for the nth time. */
  nth: number
  /** The lease expires by itself, which measures a real recovery. */
  inRealTime: boolean
  /** The held work continues after the fault, instead of being lost with it. */
  late: boolean
}

export interface Post {
  plan: Plan
  /** The message's text when it is not the plan. */
  words?: string
  to: number
  ifBusy: 'enqueue' | 'reject' | 'interrupt'
  asEvents: boolean
}

/** One user's conversation: the first post creates it; the others follow at once, or one after the other. */
export interface Schedule {
  seed: number
  name: string
  posts: Post[]
  together: boolean
  faults: Fault[]
}

export function randomSchedule(seed: number): Schedule {
  const random = new Random(seed)
  const name = `r${seed}`
  const asks = random.chance(0.15)
  const count = asks ? 3 : 2 + random.below(3)
  const posts = Array.from({ length: count }, (_, i) => ({
    ...randomPost(random, `${name}-${i}`),
    ...(asks ? stepOfApproval(random, `${name}-${i}`, i) : {}),
    to: random.below(fleetSize),
    asEvents: random.chance(0.3),
  }))
  return { seed, name, posts, together: !asks && random.chance(0.6), faults: randomFaults(random) }
}

/** A conversation that reaches every point, with one fault there, after what leads to it. */
export function scheduleAt(
  point: Point,
  kind: FaultKind,
  { seed, inRealTime = false }: { seed: number; inRealTime?: boolean },
): Schedule {
  const random = new Random(seed)
  const name = `r${seed}-at`
  const plans: Deed[][][] = [
    [
      ['add', 'outside'],
      ['who', 'add'],
    ],
    [],
    [['outside', 'add']],
  ]
  const posts = plans.map((steps, i) => ({
    ...{ plan: { label: `${name}-${i}`, steps }, ifBusy: 'enqueue' as const },
    ...{ to: random.below(fleetSize), asEvents: random.chance(0.3) },
  }))
  const fault = { kind, point, nth: 1, inRealTime, late: random.chance(0.5) }
  return { seed, name, posts, together: true, faults: [...leadingTo(point), fault] }
}

function leadingTo(point: Point): Fault[] {
  const first = { point: 'model:midway', nth: 1, inRealTime: false, late: true } as const
  // A turn that must be taken over outlasts a beat of every process.
  if (phases.pulse.some(each => each === point)) return [{ ...first, kind: 'kill' }]
  return phases.release.some(each => each === point) ? [{ ...first, kind: 'terminate' }] : []
}

function randomPost(random: Random, label: string): Omit<Post, 'to' | 'asEvents'> {
  const steps = Array.from({ length: random.below(3) }, () =>
    Array.from({ length: 1 + random.below(3) }, () =>
      random.pick<Deed>(['add', 'add', 'outside', 'outside', 'who']),
    ),
  )
  const ifBusy = random.chance(0.8) ? 'enqueue' : random.pick(['reject', 'interrupt'] as const)
  return { plan: { label, steps }, ifBusy }
}

/** Something to delete, the request to delete it, then an answer to the question. */
function stepOfApproval(random: Random, label: string, i: number): Omit<Post, 'to' | 'asEvents'> {
  const plans: Deed[][][] = [[['add', 'add']], [['delete', 'add']]]
  const steps = plans[i]
  if (steps) return { plan: { label, steps }, ifBusy: 'enqueue' }
  const words = random.pick(['yes', 'yes', 'no', 'something else'])
  return { plan: { label: 'plain', steps: [] }, words, ifBusy: 'enqueue' }
}

const takeOverPoints: readonly Point[] = phases.pulse.filter(point => /^(claim|take_up)/.test(point))
const deadly: readonly FaultKind[] = ['kill', 'pause', 'partition']

/** At most two that cost an instance its turns: after three take-overs a turn is rightly given up. */
function randomFaults(random: Random): Fault[] {
  const faults: Fault[] = []
  for (let i = 1 + random.below(3); i > 0; i -= 1) {
    const costly = faults.filter(fault => deadly.includes(fault.kind)).length
    const phase = random.pick<Phase>([
      'accept',
      'step',
      'journal',
      'tool',
      'tool',
      'finish',
      'finish',
      'pulse',
    ])
    const isTakeOver = costly > 0 && random.chance(0.4)
    const point = random.pick<Point>(isTakeOver ? takeOverPoints : phases[phase])
    const isTaken = costly >= 2
    const kinds = faultKinds.filter(kind => suits(kind, point) && !(isTaken && deadly.includes(kind)))
    const isPulse = isTakeOver || phase === 'pulse'
    faults.push({
      kind: random.pick(kinds),
      point,
      nth: isPulse ? 1 : 1 + random.below(3),
      inRealTime: random.chance(0.35),
      late: random.chance(0.5),
    })
  }
  return faults
}

/** A provider or tool that breaks off is a failure that a turn rightly reports; those are tested elsewhere. */
export function suits(kind: FaultKind, point: Point): boolean {
  const isOutside = point.startsWith('model:') || point.startsWith('outside:')
  return !isOutside || (kind !== 'sever' && kind !== 'backend')
}
