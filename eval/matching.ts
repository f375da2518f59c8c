/** What an expectation accepts: less than equality, so that a scenario says only what matters to a person. */

/** A value as a scenario writes it; a text may be a pattern. */
export type Expected = string | number | boolean | null | Expected[] | { [key: string]: Expected }

/** `/…/flags` as a regular expression; undefined for plain text. */
export function readPattern(text: string): RegExp | undefined | 'broken' {
  const [matched, source = '', flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? []
  if (!matched) return undefined
  try {
    return new RegExp(source, flags)
  } catch {
    return 'broken'
  }
}

function patternOf(text: string): RegExp | undefined {
  const pattern = readPattern(text)
  if (pattern === 'broken') throw new Error(`${text} is not a regular expression`)
  return pattern
}

/** Objects need only hold what is expected of them; lists need the same elements, in any order. */
export function matches(expected: Expected, actual: unknown): boolean {
  if (expected === null) return actual === null || actual === ''
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && pairUp(expected, actual)
  }
  if (typeof expected === 'object') {
    if (typeof actual !== 'object' || actual === null) return false
    const held = new Map(Object.entries(actual))
    return Object.entries(expected).every(([key, value]) => matches(value, held.get(key)))
  }
  if (typeof expected === 'string') return matchesText(expected, actual)
  // Models write numbers as text, and the tools take them.
  return expected === actual || (typeof actual === 'string' && String(expected) === actual.trim())
}

/** Each expected element takes an element of its own. */
function pairUp(expected: Expected[], actual: unknown[]): boolean {
  const free = [...actual]
  return expected.every(one => {
    const place = free.findIndex(candidate => matches(one, candidate))
    if (place >= 0) free.splice(place, 1)
    return place >= 0
  })
}

function matchesText(expected: string, actual: unknown): boolean {
  if (typeof actual !== 'string') return false
  const pattern = patternOf(expected)
  if (pattern) return pattern.test(actual)
  if (isInstant(expected) && isInstant(actual)) return Date.parse(expected) === Date.parse(actual)
  return evenQuotes(expected) === evenQuotes(actual)
}

export function mentions(reply: string, expected: string): boolean {
  return patternOf(expected)?.test(reply) ?? evenQuotes(reply).includes(evenQuotes(expected))
}

const isInstant = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(text)

/** Case and the kind of quotation mark are nobody's mistake. */
const evenQuotes = (text: string) => text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"')
