import type { AnswerContext } from '../api/messages.ts'

const number = new Intl.NumberFormat()
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })

/** How much of the conversation the model was given; details in the tooltip. */
export function ContextNote({ context }: { context: AnswerContext }) {
  const { tokens, limit } = context
  return (
    <span title={inWords(context)} className="px-2 tabular-nums">
      <span aria-hidden="true">
        {limit === null ? `${number.format(tokens)} tokens` : `${shareOf(tokens, limit)} of context`}
      </span>
      <span className="sr-only">{inWords(context)}</span>
    </span>
  )
}

function shareOf(tokens: number, limit: number): string {
  const share = Math.min(1, tokens / limit)
  return share < 0.01 ? `<${percent.format(0.01)}` : percent.format(share)
}

function inWords({ messages, tokens, limit, summarised }: AnswerContext): string {
  const seen = messages === 1 ? 'one message' : `${number.format(messages)} messages`
  const room = limit === null ? '' : ` of ${number.format(limit)}`
  const before = summarised ? ' Earlier messages were summed up.' : ''
  return `The model was given ${seen} of this conversation, ${number.format(tokens)}${room} tokens in all.${before}`
}
