import { useChat } from '@ai-sdk/react'
import { type ThreadMessageLike, useAuiState, useExternalStoreRuntime } from '@assistant-ui/react'
import { getToolName, isToolUIPart } from 'ai'
import type { Message } from '../api/messages.ts'
import { useConversationState } from './conversation-context.ts'
import { isUnfinished } from './merge-messages.ts'
import type { OpenConversation } from './open-conversation.ts'

/** Minimum milliseconds between updates of streamed text; more often is not visible. */
const throttle = 32

/** The conversation in the form of assistant-ui's primitives. */
export function useThreadRuntime(conversation: OpenConversation) {
  const { messages } = useChat({ chat: conversation.chat, throttle })
  const isRunning = useConversationState('isAnswering', conversation)
  return useExternalStoreRuntime<Message>({
    messages,
    isRunning,
    convertMessage,
    onNew: ({ content }) =>
      conversation.send(content.map(part => (part.type === 'text' ? part.text : '')).join('\n\n')),
    onCancel: () => conversation.stop(),
  })
}

/** The message as received from the server, whose metadata and parts exceed what the primitives model. */
export const useMessage = (): Message | undefined =>
  // Set by convertMessage; the primitives' own placeholder of an answer has none.
  useAuiState(({ message }) => message.metadata.custom?.told as Message | undefined)

type Content = Exclude<ThreadMessageLike['content'], string>

function convertMessage(message: Message): ThreadMessageLike {
  const { id, role, metadata } = message
  const like = {
    id,
    role,
    content: contentOf(message),
    createdAt: new Date(metadata?.createdAt ?? Date.now()),
    metadata: { custom: { told: message } },
  }
  if (role !== 'assistant') return like
  return {
    ...like,
    status: isUnfinished(message) ? { type: 'running' } : { type: 'complete', reason: 'stop' },
  }
}

const contentOf = ({ parts }: Message): Content =>
  parts.flatMap((part): Content[number][] => {
    if (part.type === 'text' || part.type === 'reasoning') return [{ type: part.type, text: part.text }]
    if (!isToolUIPart(part)) return []
    const { toolCallId } = part
    return [{ type: 'tool-call', toolCallId, toolName: getToolName(part), artifact: part, result: null }]
  })
