import type { Goal } from './goal.ts'
import { likeness, likenessScore, wordsOf } from './matching.ts'
import type { Memory, Named } from './memory.ts'

/**
 * The tasks a phrase may mean, each with a score and the reason for it: what was spoken of, and how recently; what
 * is called like it. references.ts takes the best one only when it leads by a margin.
 */
export interface Candidate {
  task: Named
  score: number
  reason: string
}

const MARGIN = 0.15

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

export const isWeak = (candidate: Candidate) => candidate.reason === 'some'
