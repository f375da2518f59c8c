/**
 * The spans that this server creates; where they go is the exporter's concern. Names follow OpenTelemetry's
 * conventions.
 */

export type Attributes = Record<string, string | number | boolean | string[] | undefined>

export interface Span {
  /** For outgoing requests (W3C Trace Context, 3.2); undefined when nothing is traced. */
  readonly traceparent: string | undefined
  set(attributes: Attributes): void
  /** Ends the span; later calls are ignored. `failure` is an error code or an error's name, never its text. */
  end(failure?: string): void
}

export interface SpanStart {
  /** A traceparent; if missing or invalid, a new trace begins. */
  parent?: string | undefined
  kind?: 'server' | 'client' | 'internal'
  attributes?: Attributes
}

export interface Tracer extends AsyncDisposable {
  start(name: string, start?: SpanStart): Span
}

const noSpan: Span = { traceparent: undefined, set: () => {}, end: () => {} }

/** Used without a collector: costs one function call. */
export const noTracer: Tracer = { start: () => noSpan, [Symbol.asyncDispose]: async () => {} }

/** Headers for a request that continues the trace elsewhere; undefined when nothing is traced. */
export const traceHeaders = ({ traceparent }: Span): { traceparent: string } | undefined =>
  traceparent === undefined ? undefined : { traceparent }
