/**
 * What a message asks the model to do, so that everyone knows what its turn must do. Steps of calls, then text:
 *
 *     r3-1: add outside | add       two steps, the first with two calls
 */
export const deeds = ['add', 'outside', 'who', 'delete'] as const
export type Deed = (typeof deeds)[number]

export interface Plan {
  /** Identifies the message and everything its turn does. */
  label: string
  steps: Deed[][]
}

const isDeed = (word: string): word is Deed => deeds.some(deed => deed === word)

export const messageOf = ({ label, steps }: Plan) =>
  `${label}: ${steps.map(step => step.join(' ')).join(' | ')}`.trim()

/** Any other message, such as "yes", asks only for text. */
export function planOf(message: string): Plan {
  const [, label, rest = ''] = /^(r\S+):(.*)$/s.exec(message) ?? []
  if (label === undefined) return { label: 'plain', steps: [] }
  const steps = rest.split('|').map(step => step.split(' ').filter(isDeed))
  return { label, steps: steps.filter(step => step.length > 0) }
}

export interface PlannedCall {
  deed: Deed
  name: string
  input: Record<string, string | number>
}

const tools = { add: 'add_task', outside: 'call_outside', who: 'get_current_user', delete: 'delete_task' }

/** Steps are counted from 1, as in the engine. */
export const callsOf = ({ label, steps }: Plan, step: number): PlannedCall[] =>
  (steps[step - 1] ?? []).map((deed, position) => ({
    deed,
    name: tools[deed],
    input: inputOf(deed, `${label}-${step}-${position}`),
  }))

function inputOf(deed: Deed, name: string): PlannedCall['input'] {
  if (deed === 'add') return { title: name }
  if (deed === 'outside') return { label: name }
  return deed === 'delete' ? { task_id: 1 } : {}
}

export const isLast = ({ steps }: Plan, step: number) => step > steps.length

/** The model's text in a step; none beside a deletion, so that the engine asks. */
export function wordsOf(plan: Plan, step: number): string[] {
  if (isLast(plan, step)) return [`${plan.label} `, 'is ', 'done.']
  if (plan.steps[step - 1]?.includes('delete')) return []
  return [`${plan.label} `, `step ${step}.`]
}

/** The whole text of a completed answer. */
export const answerOf = (plan: Plan) =>
  Array.from({ length: plan.steps.length + 1 }, (_, i) => wordsOf(plan, i + 1).join('')).join('\n\n')
