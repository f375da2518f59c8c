import type { Goal } from './goal.ts'
import type { Text } from './text.ts'

/** Requests for somebody else's tasks, and talk that would set the rules aside. */

/** Words about anybody else's data, or that try to talk the rules away. Tasks are only ever the user's own. */
const foreign =
  /\buser[ _-]?id\b|\b(?:other|another|every|each|all|different|any)(?: other| single)? users?\b|\busers?'s?\b|\b(?:every(?:one|body)|some(?:one|body)|other people)(?:'s| else)|\bpeople's\b|\b(?:ignore|disregard|forget|override|bypass) (?:all |your |the |any |my |of |previous |prior |above |system )*(?:instructions?|rules?|prompts?|restrictions?|guidelines)\b|\bsystem prompt\b|\b(?:act|acting|log ?in|logged in) as (?:an? |the )?(?:admin|root|user|another)\b|\bi(?:'m| am) (?:the |an? )?(?:admin|administrator|root)\b|\badmin mode\b/
const possessed =
  /\b(?!(?:today|tomorrow|yesterday|week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday|what|let|it|that|there|here|who|where)'s)(?<owner>\p{L}+)'s (?:tasks?|to-?dos?|to-?do list|task list|list)\b/u
const asksToSee = /\b(?:show|list|see|display|view|what|which|give|tell|get|read|print|dump|reveal)\b/

export function othersData(text: Text, goals: (Goal | undefined)[]): Goal[] | undefined {
  if (goals.some(goal => goal?.do === 'add' || goal?.do === 'whoami')) return undefined
  const named =
    possessed.test(text.norm) && goals.every(goal => !goal || goal.do === 'list' || goal.do === 'find')
  if (!foreign.test(text.norm) && !named) return undefined
  const toSee =
    asksToSee.test(text.norm) && !goals.some(goal => goal && 'target' in goal && goal.do !== 'status')
  return toSee ? [{ do: 'list', query: { status: 'all', ownOnly: true } }] : [{ do: 'say', topic: 'ownOnly' }]
}
