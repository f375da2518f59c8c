import { AppError } from '../errors.ts'
import { countCodePoints } from '../wire/text.ts'
import { maxMessageLength } from './chat-contract.ts'

export function checkLength(message: string): string {
  const length = countCodePoints(message)
  if (length <= maxMessageLength) return message
  throw new AppError(
    'message_too_long',
    `A message has at most ${maxMessageLength} characters, this one ${length}`,
  )
}
