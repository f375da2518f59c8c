import { findWhen, readWhen, type When } from './dates.ts'
import { counts } from './day-words.ts'
import { priorityOf, splitTags, titleOf } from './details.ts'
import type { Change, Field, Goal, Shift, Target } from './goal.ts'
import { recurrenceOf } from './repetition.ts'
import type { Slots } from './rule.ts'
import { readTarget } from './target.ts'
import { clip, isQuoted, isVisible, slice, type Text, unquoted } from './text.ts'
import { type Clock, wallOf } from './zone.ts'

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
  if (field === 'title') return { change: !isVisible(words) ? {} : { title: newTitle(value) }, field }
  if (field === 'description') return { change: { description: clip(words, 1000) } }
  if (field === 'tags') return { change: { tags: splitTags(value) } }
  if (field === 'priority') {
    const known = /^(?:high|medium|low|normal|urgent|top|highest|lowest|critical)/.test(words.toLowerCase())
    return { change: known ? { priority: priorityOf(words.toLowerCase()) } : {}, field }
  }
  const when = readWhen(words, clock)
  return { change: when ? dated(when, clock) : { wrongDate: words.slice(0, 60) } }
}

/** A time alone is meant on the day the task has, and on the next to come when it has none. */
export function dated(when: When, clock: Clock): Change {
  const change: Change = { due_date: when.due }
  if (when.recurrence) change.recurrence = when.recurrence
  if (when.hasDay) return change
  const { hour, minute } = wallOf(new Date(when.due), clock.timeZone)
  return { ...change, time: { hour, minute } }
}

const spanUnits: [pattern: RegExp, unit: Shift['unit']][] = [
  [/min/, 'minute'],
  [/hour|hr/, 'hour'],
  [/week/, 'week'],
  [/month/, 'month'],
]

/** "back a day", "forward by two hours"; "move it up" and "earlier" go the other way. */
export const shifted = (slot: Slots): Goal | undefined => {
  const { norm } = slot('span')
  const unit = spanUnits.find(([pattern]) => pattern.test(norm))?.[1] ?? 'day'
  const word = /^\w+/.exec(norm)?.[0] ?? ''
  const amount = /half/.test(norm)
    ? 0.5
    : /couple/.test(norm)
      ? 2
      : /few/.test(norm)
        ? 3
        : (counts[word] ?? (Number(word) || 1))
  const way = `${slot('how').norm} ${slot('way').norm} ${slot('after').norm}`
  if (/^(?:bring|move|advance) +$/.test(way)) return undefined
  const earlier = /forward|up|earlier|ahead|advance/.test(way)
  return update(readTarget(slot('target')), { shift: { amount: earlier ? -amount : amount, unit } })
}

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
  const how = /^(?:an? )?(?<how>daily|weekly|monthly|every (?:day|week|month))(?: (?:task|one))?$/.exec(
    value.norm,
  )?.groups?.how
  if (how) return update(target, { recurrence: recurrenceOf(how) })
  const when = isQuoted(value) ? undefined : readWhen(value.norm, clock)
  return when ? update(target, dated(when, clock)) : update(target, { title: newTitle(value) })
}

export const reschedule = (slot: Slots, clock: Clock): Goal => {
  const phrase = slot('value').norm
  const when = readWhen(phrase, clock)
  return update(
    readTarget(slot('target')),
    when ? dated(when, clock) : { wrongDate: slot('value').raw.slice(0, 60) },
  )
}

export const onlyDated = (slot: Slots, clock: Clock): Goal | undefined =>
  readWhen(slot('value').norm, clock) ? reschedule(slot, clock) : undefined

/** "the laundry tomorrow": the date is at the end, before it the task. */
export const datedAtEnd = (slot: Slots, clock: Clock): Goal | undefined => {
  const text = slot('all')
  const found = findWhen(text.norm, clock)
  if (!found?.when || found.start === 0 || found.end < text.norm.length) return undefined
  return update(readTarget(slice(text, 0, found.start)), dated(found.when, clock))
}

export const prioritise = (slot: Slots): Goal =>
  update(readTarget(slot('target')), { priority: priorityOf(slot('level').norm || 'high') })

export const clear =
  (change: Change) =>
  (slot: Slots): Goal =>
    update(readTarget(slot('target')), change)
