/**
 * A piece of what the user wrote, twice and of equal length: `raw` as written, for titles; `norm` for matching:
 * lower case, straight quotes, plain digits, and everything inside quotes masked, so that no pattern looks in.
 */
export interface Text {
  raw: string
  norm: string
}

const MASK = '\uE000'

// Controls except line feed, marks of direction and width (not the joiners, which spell words and emoji), our mask.
const invisible = /(?!\n)[\p{Cc}\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uE000\uFEFF]/gu

const plain: Record<string, string> = {}
for (const mark of '“”„‟«»‹›″') plain[mark] = '"'
for (const mark of '‘’‚‛′`´') plain[mark] = "'"
for (const mark of '–—−‐‑') plain[mark] = '-'
for (const [index, digit] of [...'۰۱۲۳۴۵۶۷۸۹'].entries()) plain[digit] = String(index)
for (const [index, digit] of [...'٠١٢٣٤٥٦٧٨٩'].entries()) plain[digit] = String(index)
Object.assign(plain, { ي: 'ی', ى: 'ی', ك: 'ک', ه: 'ہ', ۃ: 'ہ', '،': ',', '؛': ';', '؟': '?', '۔': '.' })

const plainUnit = /[\P{ASCII}`]/gu

/** Same length as its input, always: letters whose lower case is longer stay as they are. */
function lower(text: string): string {
  const lowered = text.toLowerCase()
  if (lowered.length === text.length) return lowered
  return Array.from(text, char =>
    char.toLowerCase().length === char.length ? char.toLowerCase() : char,
  ).join('')
}

const isWordUnit = (unit: string | undefined) => unit !== undefined && /[\p{L}\p{N}]/u.test(unit)

/** A quote opens after a space or bracket and closes before a space or punctuation: "mom's" is not one. */
function maskQuotes(norm: string): string {
  let out = ''
  let at = 0
  while (at < norm.length) {
    const end = isQuoteOpening(norm, at) ? closingQuote(norm, at) : -1
    out += end < 0 ? norm.charAt(at) : `"${MASK.repeat(end - at - 1)}"`
    at = end < 0 ? at + 1 : end + 1
  }
  return out
}

const isQuoteOpening = (norm: string, at: number) =>
  (norm[at] === '"' || norm[at] === "'") && !isWordUnit(norm[at - 1]) && !/\s/.test(norm[at + 1] ?? ' ')

function closingQuote(norm: string, at: number): number {
  const mark = norm.charAt(at)
  let end = norm.indexOf(mark, at + 2)
  while (end >= 0 && isWordUnit(norm[end + 1])) end = norm.indexOf(mark, end + 1)
  return end > at + 1 && !norm.slice(at, end).includes('\n') ? end : -1
}

export function textOf(message: string): Text {
  const raw = message
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(invisible, '')
    .replace(/[^\S\n]+/g, ' ')
    .trim()
  return { raw, norm: maskQuotes(lower(raw).replace(plainUnit, unit => plain[unit] ?? unit)) }
}

/** The part between two offsets, without spaces at its ends. */
export function slice(text: Text, start: number, end: number = text.norm.length): Text {
  let from = start
  let to = end
  while (from < to && /\s/.test(text.norm.charAt(from))) from += 1
  while (to > from && /\s/.test(text.norm.charAt(to - 1))) to -= 1
  return { raw: text.raw.slice(from, to), norm: text.norm.slice(from, to) }
}

export const isQuoted = (text: Text) => /^"\uE000+"$/.test(text.norm)

/** The words themselves, without the quotes around all of them. */
export const unquoted = (text: Text) => (isQuoted(text) ? text.raw.slice(1, -1).trim() : text.raw)

/** Cuts a match out and closes the gap: both halves stay aligned. */
export function without(text: Text, start: number, end: number): Text {
  const left = slice(text, 0, start)
  const right = slice(text, end)
  const gap = left.norm && right.norm ? ' ' : ''
  return { raw: left.raw + gap + right.raw, norm: left.norm + gap + right.norm }
}

/** Without punctuation at its end, which no title keeps and no pattern expects. */
export function withoutEnding(text: Text): Text {
  let end = text.norm.length
  while (end > 0 && /[\s.,;:!?-]/.test(text.norm.charAt(end - 1))) end -= 1
  return slice(text, 0, end)
}

/** Something to see: marks, controls and spaces alone are as good as nothing to every tool. */
export const isVisible = (text: string) => /[^\p{M}\p{C}\p{Z}]/u.test(text)

/** At most `limit` Unicode code points, as all limits count. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  return Array.from(text).slice(0, limit).join('').trim()
}
