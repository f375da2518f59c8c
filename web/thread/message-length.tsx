import { classes } from '../design/classes.ts'
import { lengthOf, maxMessageLength, nearMessageLength } from './message-text.ts'

const number = new Intl.NumberFormat()

/** The remaining length, shown near the limit. */
export function MessageLength({ text }: { text: string }) {
  const length = lengthOf(text)
  const isTooLong = length > maxMessageLength
  return (
    <p
      role="status"
      className={classes(
        'mr-auto px-2 text-xs tabular-nums',
        isTooLong ? 'font-medium text-danger' : 'text-quiet',
      )}
    >
      {length >= nearMessageLength &&
        `${number.format(length)} of ${number.format(maxMessageLength)} characters`}
    </p>
  )
}
