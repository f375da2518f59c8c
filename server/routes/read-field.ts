import type { z } from 'zod'
import { AppError } from '../errors.ts'

/** A field that its route's schema leaves open, read by one of its own; `place`: its path in the request. Throws invalid. */
export function readField<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  place: string,
): z.output<Schema> {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  throw new AppError('invalid', `${place}: ${read.error.issues[0]?.message}`)
}
