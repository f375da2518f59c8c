/** A shipped file adapted to the test; throws when a text to replace is missing. */
export function substitute(text: string, replacements: [from: string, to: string][]): string {
  let result = text
  for (const [from, to] of replacements) {
    if (!result.includes(from)) throw new Error(`The shipped file has no "${from}" any more`)
    result = result.replaceAll(from, to)
  }
  return result
}
