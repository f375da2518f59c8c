/**
 * The first `limit` values keep their name and all later ones share one, so that the number of series stays bounded.
 */
export function boundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>()
  return value => {
    if (known.has(value)) return value
    if (known.size >= limit) return 'other'
    known.add(value)
    return value
  }
}
