/**
 * A page with `useChat`: streaming, resume after a reload, stop, approval.
 *
 *   TOKEN=$(npm run --silent token -- --user ada) npx vite examples/use-chat
 */
import { type UIMessage, useChat } from '@ai-sdk/react'
import {
  DefaultChatTransport,
  getToolName,
  isToolUIPart,
  lastAssistantMessageIsCompleteWithApprovalResponses,
} from 'ai'
import { type FormEvent, useState } from 'react'
import { createRoot } from 'react-dom/client'

declare const __TOKEN__: string

const headers = { authorization: `Bearer ${__TOKEN__}` }

/** The conversation's name is this page's own; it outlives a reload in the address. */
location.hash ||= crypto.randomUUID()
const id = location.hash.slice(1)
const api = '/ai-sdk'

const transport = new DefaultChatTransport({
  api,
  headers,
  // The server has the history: only the newest message is sent.
  prepareSendMessagesRequest: ({ id, messages, trigger, messageId, body }) => ({
    body: { ...body, id, trigger, messageId, message: messages.at(-1) },
  }),
})

function Chat({ history }: { history: UIMessage[] }) {
  const { messages, sendMessage, addToolApprovalResponse, status, error } = useChat({
    id,
    messages: history,
    transport,
    resume: true,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  })
  const [text, setText] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    sendMessage({ text })
    setText('')
  }
  return (
    <>
      <div role="log">
        {messages.map(message => (
          <Message
            key={message.id}
            message={message}
            answer={(id, approved) => addToolApprovalResponse({ id, approved })}
          />
        ))}
      </div>
      {error && <p role="alert">{error.message}</p>}
      <form onSubmit={send}>
        <input aria-label="Message" value={text} onChange={event => setText(event.target.value)} />
        <button type="submit">Send</button>
        {/* Only the server can stop an answer: leaving it does not. */}
        <button
          type="button"
          disabled={status === 'ready'}
          onClick={() => fetch(`${api}/${id}/stop`, { method: 'POST', headers })}
        >
          Stop
        </button>
      </form>
    </>
  )
}

interface MessageProps {
  message: UIMessage
  answer(approvalId: string, approved: boolean): void
}

function Message({ message: { role, parts }, answer }: MessageProps) {
  return (
    <article>
      <strong>{role}</strong>
      {parts.map((part, place) => {
        const key = `${part.type}-${place}`
        if (part.type === 'text') return <p key={key}>{part.text}</p>
        if (!isToolUIPart(part)) return null
        const { approval } = part
        return (
          <p key={key}>
            <code>{getToolName(part)}</code> {part.state}{' '}
            {part.state === 'approval-requested' && approval && (
              <>
                <button type="button" onClick={() => answer(approval.id, true)}>
                  Approve
                </button>
                <button type="button" onClick={() => answer(approval.id, false)}>
                  Deny
                </button>
              </>
            )}
          </p>
        )
      })}
    </article>
  )
}

const stored = await fetch(`${api}/${id}/messages`, { headers })
const root = document.getElementById('root')
if (root) createRoot(root).render(<Chat history={stored.ok ? await stored.json() : []} />)
