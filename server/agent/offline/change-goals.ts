import { readWhen } from './dates.ts'
import { priorityOf, splitTags, titleOf } from './details.ts'
import type { Change, Field, Goal, Target } from './goal.ts'
import type { Slots } from './rule.ts'
import { readTarget } from './target.ts'
import { clip, isQuoted, type Text, unquoted } from './text.ts'
import type { Clock } from './zone.ts'

/** What requests to change a task mean, from the words in their slots. */

export const update = (target: Target, change: Change): Goal => ({ do: 'update', target, change })

function fieldOf(name: string): Field | 'tags' {
  if (/title|name/.test(name)) return 'title'
  if (/^(?:desc|note|detail)/.test(name)) return 'description'
  if (/priority/.test(name)) return 'priority'
  return /tag|label/.test(name) ? 'tags' : 'due_date'
}

export const newTitle = (text: Text) => (isQuoted(text) ? unquoted(text) : titleOf(text))

/** One field from its words; a priority or date that cannot be read becomes a question. */
function changeOf(field: Field | 'tags', value: Text, clock: Clock): { change: Change; field?: Field } {
  const words = isQuoted(value) ? unquoted(value) : value.raw
  if (field === 'title') return { change: words === '' ? {} : { title: newTitle(value) }, field }
  if (field === 'description') return { change: { description: clip(words, 1000) } }
  if (field === 'tags') return { change: { tags: splitTags(value) } }
  if (field === 'priority') {
    const known = /^(?:high|medium|low|normal|urgent|top|highest|lowest|critical)/.test(words.toLowerCase())
    return { change: known ? { priority: priorityOf(words.toLowerCase()) } : {}, field }
  }
  const when = readWhen(words, clock)
  return { change: when ? dated(when) : { wrongDate: words.slice(0, 60) } }
}

const dated = (when: { due: string; recurrence?: Change['recurrence'] }): Change => ({
  due_date: when.due,
  ...(when.recurrence ? { recurrence: when.recurrence } : {}),
})

export const setField = (slot: Slots, clock: Clock): Goal => {
  const read = changeOf(fieldOf(slot('field').norm), slot('value'), clock)
  return { do: 'update', target: readTarget(slot('target')), ...read }
}

export const askField = (slot: Slots): Goal => {
  const field = fieldOf(slot('field').norm)
  return {
    do: 'update',
    target: readTarget(slot('target')),
    change: {},
    ...(field === 'tags' ? {} : { field }),
  }
}

/** "change X to Y": Y may be a priority or a date; anything else is the new title. */
export const changeTo = (slot: Slots, clock: Clock): Goal => {
  const target = readTarget(slot('target'))
  const value = slot('value')
  const level = /^(?<level>high|medium|low|normal|urgent)(?: priority)?$/.exec(value.norm)?.groups?.level
  if (level) return update(target, { priority: priorityOf(level) })
  const when = isQuoted(value) ? undefined : readWhen(value.norm, clock)
  return when ? update(target, dated(when)) : update(target, { title: newTitle(value) })
}

export const reschedule = (slot: Slots, clock: Clock): Goal => {
  const phrase = slot('value').norm
  const when = readWhen(phrase, clock)
  return update(
    readTarget(slot('target')),
    when ? dated(when) : { wrongDate: slot('value').raw.slice(0, 60) },
  )
}

export const onlyDated = (slot: Slots, clock: Clock): Goal | undefined =>
  readWhen(slot('value').norm, clock) ? reschedule(slot, clock) : undefined

export const prioritise = (slot: Slots): Goal =>
  update(readTarget(slot('target')), { priority: priorityOf(slot('level').norm || 'high') })

export const clear =
  (change: Change) =>
  (slot: Slots): Goal =>
    update(readTarget(slot('target')), change)
