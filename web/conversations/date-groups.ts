import type { Conversation } from '../api/conversations.ts'

export interface DateGroup {
  name: string
  conversations: Conversation[]
}

const dayMs = 86_400_000

/** Groups conversations, newest first, by day or month of their last activity, in the browser's time zone. */
export function groupByDate(conversations: readonly Conversation[], now = new Date()): DateGroup[] {
  const groups: DateGroup[] = []
  for (const conversation of conversations) {
    const name = groupOf(new Date(conversation.updated_at), now)
    const last = groups.at(-1)
    if (last?.name === name) last.conversations.push(conversation)
    else groups.push({ name, conversations: [conversation] })
  }
  return groups
}

function groupOf(date: Date, now: Date): string {
  const days = Math.round((midnightOf(now) - midnightOf(date)) / dayMs)
  if (days <= 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (days <= 7) return 'Previous 7 days'
  const isThisYear = date.getFullYear() === now.getFullYear()
  return date.toLocaleDateString('en', { month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) })
}

/** Rounding to whole days handles days of 23 or 25 hours. */
const midnightOf = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
