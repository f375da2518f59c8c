import { AppError } from '../errors.ts'
import { countCodePoints } from '../wire/text.ts'
import { maxMessageLength, messageText } from './chat-contract.ts'

/**
 * Validates message text that a protocol sends in pieces like any other message; `field` is its place in the request.
 */
export function readMessageText(text: string, field: string): string {
  const read = messageText.safeParse(text)
  if (!read.success) throw new AppError('invalid', `${field}: ${read.error.issues[0]?.message}`)
  return read.data
}

export function checkLength(message: string): string {
  const length = countCodePoints(message)
  if (length <= maxMessageLength) return message
  throw new AppError(
    'message_too_long',
    `A message has at most ${maxMessageLength} characters, this one ${length}`,
  )
}
