import type { BrowserContext } from 'playwright-core'

/** A status that the test itself provokes, or a connection that it cuts; the browser reports each as an error. */
export type Expected = number | 'disconnected'

/** Everything a page must never do: report an error, break its policy, ask another host for something. */
export function watchPage(context: BrowserContext, origin: string, expected: readonly Expected[]): string[] {
  const wrong: string[] = []
  context.on('weberror', error => void wrong.push(`thrown: ${error.error().stack ?? error.error().message}`))
  context.on('console', message => {
    if (message.type() !== 'error' || expected.some(each => isAbout(each, message.text()))) return
    wrong.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('request', request => {
    const { origin: asked, protocol } = new URL(request.url())
    if (asked !== origin && !['data:', 'blob:'].includes(protocol)) wrong.push(`asked for ${request.url()}`)
  })
  return wrong
}

const isAbout = (expected: Expected, text: string) =>
  text.includes(expected === 'disconnected' ? 'net::ERR_' : `responded with a status of ${expected} `)
