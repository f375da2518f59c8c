import { useState } from 'react'
import { type Resolution, resolveCall } from '../api/turns.ts'
import { Button } from '../design/button.tsx'
import { useConversation } from './conversation-context.ts'
import { focusLog } from './focus.ts'

const choices: Record<Resolution, string> = { retry: 'Try again', mark_done: 'Mark as done', skip: 'Skip' }

/** An external call was interrupted; only the person can find out whether it took effect. */
export function UnknownOutcome({ callId }: { callId: string }) {
  const conversation = useConversation()
  const [chosen, choose] = useState<Resolution>()
  const resolve = async (resolution: Resolution) => {
    choose(resolution)
    focusLog()
    await conversation.change(() => resolveCall(callId, resolution))
    choose(undefined)
  }
  return (
    <div className="grid gap-3 rounded-lg bg-warn-soft p-4 text-sm">
      <p>
        This was interrupted, and it is not known whether it took effect. Look it up where you can, then
        choose.
      </p>
      <div className="flex flex-wrap gap-2">
        {Object.entries(choices).map(([resolution, words]) => (
          <Button
            key={resolution}
            busy={chosen === resolution}
            // The keys of the table are resolutions.
            onClick={() => resolve(resolution as Resolution)}
          >
            {words}
          </Button>
        ))}
      </div>
    </div>
  )
}
