import type { Goal } from './goal.ts'
import { slice, type Text } from './text.ts'
import type { Clock } from './zone.ts'

/**
 * One line of the grammar: a pattern over a whole clause and what it means. Patterns are anchored at both ends
 * and begin with words, so a clause that is not theirs costs next to nothing.
 */
export interface Rule {
  pattern: RegExp
  read: (slots: Slots, clock: Clock) => Goal | undefined
  /** A guess ("buy milk") gives way to every other reading, such as the answer to a question. */
  guess: boolean
}

export type Slots = (name: string) => Text

const nothing: Text = { raw: '', norm: '' }

export const rule = (source: string, read: Rule['read']): Rule => ({
  pattern: new RegExp(`^(?:${source})$`, 'du'),
  read,
  guess: false,
})

export const guess = (source: string, read: Rule['read']): Rule => ({ ...rule(source, read), guess: true })

/** "at 1pm, not 2", "on Thursday instead of Wednesday": what it was before. */
const CONTRAST =
  ',? +(?:and )?(?:not|instead of|rather than) +(?:at |on |the |for |in |until |by |a )*(?:\\d{1,2}(?:[:.]\\d\\d)?(?:st|nd|rd|th)?(?: ?[ap]m)?|(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|tonight|(?:this|next) week(?:end)?|morning|afternoon|evening|night|noon|(?:high|low|medium|daily|weekly|monthly)(?: priority)?)(?! )'

/** Words that may follow any request and mean nothing to it. */
const TRAIL = `(?:,? +(?:now|right now|right away|again|instead|too|as well|for me|then|already|yet|today please|at once|immediately|please|thanks|actually|though|anyway|by the way|btw)|${CONTRAST}| ?(?:\\p{Extended_Pictographic}|\\uFE0F|\\u200D))*`

const WHY_NOT = '(?!.*\\b(?:kidding|joking|unless|but|instead|should|need to|have to)\\b)'
/** Why it is asked for: "…, I already have one", "… because we're not going". It never alters what is asked. */
const REASON = `(?:(?:(?:,|;|\\.| -)? +(?:because|cause|cos|coz|cuz|since (?:i|we|it|they|he|she|there|the|my)|as (?:i|we|it|they|he|she|there)|seeing as|given that)(?=[ '])${WHY_NOT}.*|(?:,|;|\\.+| -) *(?:i|we|it|they|he|she|there|that|this)(?='| )${WHY_NOT}.*))?`

/** The slot of a task, and a request about one with what may trail it. */
export const TARGET = '(?<target>.+?)'

/** A new title or a note may well hold a reason, so only requests that give none are read without it. */
export const request = (source: string, read: Rule['read']): Rule =>
  rule(`(?:${source})${TRAIL}${source.includes('(?<value>') ? '' : REASON}`, read)

export interface Reading {
  goal: Goal
  guess: boolean
}

export function firstReading(rules: Rule[], text: Text, clock: Clock): Reading | undefined {
  for (const { pattern, read, guess } of rules) {
    const match = pattern.exec(text.norm)
    if (!match) continue
    const spans = match.indices?.groups
    const goal = read(name => (spans?.[name] ? slice(text, ...spans[name]) : nothing), clock)
    if (goal) return { goal, guess }
  }
  return undefined
}
