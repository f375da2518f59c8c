/**
 * A Link header entry (RFC 8288, section 3.1) for another page of the same list. Relative to the server's root, so that
 * it works behind any proxy.
 */
export function linkTo(
  url: string,
  rel: 'prev' | 'next',
  place: { before?: number; after?: number | string },
): string {
  const target = new URL(url)
  for (const name of ['before', 'after']) target.searchParams.delete(name)
  for (const [name, value] of Object.entries(place)) target.searchParams.set(name, String(value))
  return `<${target.pathname}${target.search}>; rel="${rel}"`
}
