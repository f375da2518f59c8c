import { BellRing, ListChecks, ListPlus, type LucideIcon, MessageCircleQuestion } from 'lucide-react'
import { usePerson } from '../account/session.ts'
import { Mark } from '../design/mark.tsx'
import { useConversation } from './conversation-context.ts'
import { focusThread } from './focus.ts'

/** Suggestions for a first message. Every model understands them, including the built-in one. */
const starters: { says: string; icon: LucideIcon; about: string }[] = [
  { says: 'Add a task to buy groceries tomorrow', icon: ListPlus, about: 'Write something down' },
  { says: "What's on my list?", icon: ListChecks, about: 'See what there is to do' },
  { says: 'Remind me tomorrow at 9am to call the dentist', icon: BellRing, about: 'Be reminded in time' },
  { says: 'What can you do?', icon: MessageCircleQuestion, about: 'Get to know the assistant' },
]

export function Welcome() {
  const { name } = usePerson()
  const conversation = useConversation()
  const firstName = name.split(/\s/, 1)[0]
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="m-auto grid w-full max-w-160 gap-6 px-4 py-6 appear tablet:gap-8 tablet:px-6 tablet:py-8">
        <div className="grid justify-items-center gap-4 text-center text-balance">
          <Mark className="size-12" />
          <div className="grid gap-1.5">
            <h2 className="text-xl font-semibold tracking-tight">
              {firstName ? `What is on your mind, ${firstName}?` : 'What is on your mind?'}
            </h2>
            <p className="text-base text-quiet">Tell me what you have to do. I keep the list.</p>
          </div>
        </div>
        <ul aria-label="Ways to begin" className="grid gap-2.5 tablet:grid-cols-2">
          {starters.map(({ says, icon: Icon, about }) => (
            <li key={says} className="grid">
              <button
                type="button"
                onClick={() => {
                  focusThread()
                  void conversation.send(says)
                }}
                className="flex items-start gap-3 rounded-lg border border-line p-3.5 text-left transition-colors hover:border-edge hover:bg-hover"
              >
                <Icon aria-hidden="true" className="mt-0.5 size-[1.125rem] shrink-0 text-accent" />
                <span className="grid gap-0.5">
                  <span className="font-medium">{says}</span>
                  <span className="text-xs text-quiet">{about}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
