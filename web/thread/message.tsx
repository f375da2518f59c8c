import { useAuiState } from '@assistant-ui/react'
import { memo } from 'react'
import { Answer } from './answer.tsx'
import { UserMessage } from './user-message.tsx'

/** One message of the log. Messages out of view cost no layout. */
export const Message = memo(() => {
  const role = useAuiState(({ message }) => message.role)
  return (
    <article
      // The page's announcer reads an answer out once it is complete.
      aria-live="off"
      className="group/message py-1 [contain-intrinsic-size:auto_8rem] [content-visibility:auto]"
    >
      <h2 className="sr-only">{role === 'user' ? 'You said' : 'The assistant said'}</h2>
      {role === 'user' ? <UserMessage /> : <Answer />}
    </article>
  )
})
