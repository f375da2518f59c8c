import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { useState } from 'react'
import type { FeedbackValue } from '../api/messages.ts'
import { giveFeedback, takeBackFeedback } from '../api/turns.ts'
import { IconButton } from '../design/button.tsx'
import { announce } from '../shell/announcer.tsx'
import { useConversation } from './conversation-context.ts'

const choices = [
  { value: 'positive', label: 'Good answer', icon: ThumbsUp },
  { value: 'negative', label: 'Bad answer', icon: ThumbsDown },
] as const

interface FeedbackProps {
  turnId: string
  given: FeedbackValue | undefined
}

/** The person's rating of an answer; choosing the same again removes it. */
export function Feedback({ turnId, given }: FeedbackProps) {
  const conversation = useConversation()
  const [chosen, choose] = useState<FeedbackValue | 'none'>()
  const value = chosen ?? given ?? 'none'
  const give = (next: FeedbackValue) => {
    const isTakenBack = next === value
    choose(isTakenBack ? 'none' : next)
    announce(isTakenBack ? 'Feedback taken back' : 'Thank you for the feedback')
    void conversation.change(() =>
      (isTakenBack ? takeBackFeedback(turnId) : giveFeedback(turnId, next)).catch(error => {
        choose(value)
        throw error
      }),
    )
  }
  return choices.map(({ value: each, label, icon: Icon }) => (
    <IconButton
      key={each}
      label={label}
      aria-pressed={value === each}
      onClick={() => give(each)}
      className="size-7 pointer-coarse:size-9 aria-pressed:text-accent [&[aria-pressed=true]_svg]:fill-accent-soft"
    >
      <Icon />
    </IconButton>
  ))
}
