/** The first `limit` values keep their name, all later ones share one: whatever is counted, the series stay few. */
export function boundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>()
  return value => {
    if (known.has(value)) return value
    if (known.size >= limit) return 'other'
    known.add(value)
    return value
  }
}
