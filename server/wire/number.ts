import { z } from 'zod'

/** A whole number within bounds, also given as text: in a path, a query, or by a model. */
export const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    given => (typeof given === 'string' && /^\s*\d{1,10}\s*$/.test(given) ? Number(given) : given),
    z.int(`must be a whole number from ${min} to ${max}`).min(min).max(max),
  )
