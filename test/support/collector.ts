import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OtlpSpan } from '../../server/telemetry/otlp-tracer.ts'

/** A trace collector, as far as tests need one. */
export interface Collector extends AsyncDisposable {
  url: string
  spans: OtlpSpan[]
  /** The service name of each batch, and its request headers. */
  batches: { service: string; headers: Record<string, unknown> }[]
  /** A span's attributes by name. */
  attributes(span: OtlpSpan): Record<string, unknown>
}

export async function startCollector(): Promise<Collector> {
  const spans: OtlpSpan[] = []
  const batches: Collector['batches'] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json')
      return response.writeHead(404).end()
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      batches.push({ service: resource.attributes[0].value.stringValue, headers: request.headers })
      for (const scope of scopeSpans) spans.push(...scope.spans)
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is never a string.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    batches,
    attributes: span =>
      Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
