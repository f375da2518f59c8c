import type { Candidate } from './candidates.ts'
import { stem, wordsOf } from './matching.ts'
import type { Named } from './memory.ts'

/** "Just got back from the dentist, tick that off": what "that" is, from the words before it in the same message. */

/** Words too common to name a task by themselves. */
const ordinary = new Set(
  (
    'got get go going gone back just now home have has had been can could would will make made come came take took do did done ' +
    'need want time today tomorrow tmrw tonight morning week day ok okay so then well ugh not cannot cant dont wont you they he she we ' +
    'off up out there here all some more still yet again really very over finally actually hey hello kar hai hain gaya gayi liya'
  )
    .split(' ')
    .map(stem),
)

const numbered = /(?:\btask|\bnumber|\bno\.?|#) ?(?<id>\d{1,9})\b/iu

/** Tasks that share a telling word with what was said, the more the better. */
export function namedBefore(words: string, tasks: Named[]): Candidate[] {
  const id = Number(numbered.exec(words)?.groups?.id)
  if (id) return tasks.filter(task => task.id === id).map(task => ({ task, score: 1, reason: 'said' }))
  const said = new Set(wordsOf(words).stems.filter(word => word.length > 2 && !ordinary.has(word)))
  return tasks.flatMap(task => {
    const shared = wordsOf(task.title ?? '').stems.filter(word => said.has(word)).length
    return shared === 0 ? [] : [{ task, score: shared, reason: 'said' }]
  })
}
