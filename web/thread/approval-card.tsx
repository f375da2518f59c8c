import { CircleHelp } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { useTask } from '../tasks/task-queries.ts'
import { useConversation } from './conversation-context.ts'
import { focusLog } from './focus.ts'
import type { Call } from './tool-call.tsx'
import { factsOf, subjectOf, taskOf, wordsFor } from './tool-words.ts'

/** Asks for approval of a tool call, which waits for the answer. */
export function ApprovalCard({ call: { id, name, input } }: { call: Call }) {
  const conversation = useConversation()
  const [answered, answer] = useState<boolean>()
  const heading = useId()
  const subject = subjectOf(input, useTask(taskOf(name, input)))
  const give = async (approved: boolean) => {
    answer(approved)
    focusLog()
    await conversation.approve(id, approved)
    answer(undefined)
  }
  return (
    <section
      aria-labelledby={heading}
      className="grid gap-3 rounded-lg border border-warn/40 bg-warn-soft p-4 text-sm appear"
    >
      <h3 id={heading} className="flex items-start gap-2.5 font-medium">
        <CircleHelp aria-hidden="true" className="mt-px size-[1.125rem] shrink-0 text-warn" />
        <span>
          {wordsFor(name, false)}
          {subject && (
            <>
              : “<bdi>{subject}</bdi>”
            </>
          )}
          ?
        </span>
      </h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 pl-7">
        {factsOf(input).map(([fact, value]) => (
          <div key={fact} className="contents">
            <dt className="text-quiet">{fact}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap gap-2 pl-7">
        <Button look="primary" busy={answered === true} onClick={() => give(true)}>
          Approve
        </Button>
        <Button busy={answered === false} onClick={() => give(false)}>
          Deny
        </Button>
      </div>
    </section>
  )
}
