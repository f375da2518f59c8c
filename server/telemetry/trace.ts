/** Spans, as far as this server makes them; where they go is the exporter's. Names follow OpenTelemetry's conventions. */

export type Attributes = Record<string, string | number | boolean | string[] | undefined>

export interface Span {
  /** For what it calls (W3C Trace Context, 3.2); undefined where nothing is traced. */
  readonly traceparent: string | undefined
  set(attributes: Attributes): void
  /** Once; what comes later is ignored. `failure` is a code of ours or an error's name, never its text. */
  end(failure?: string): void
}

export interface SpanStart {
  /** A traceparent; without one, or with one that is not valid, a trace begins. */
  parent?: string | undefined
  kind?: 'server' | 'client' | 'internal'
  attributes?: Attributes
}

export interface Tracer extends AsyncDisposable {
  start(name: string, start?: SpanStart): Span
}

const noSpan: Span = { traceparent: undefined, set: () => {}, end: () => {} }

/** Where no collector is set: costs a call. */
export const noTracer: Tracer = { start: () => noSpan, [Symbol.asyncDispose]: async () => {} }

/** Headers for a request that continues the span elsewhere; undefined where nothing is traced. */
export const traceHeaders = ({ traceparent }: Span): { traceparent: string } | undefined =>
  traceparent === undefined ? undefined : { traceparent }
