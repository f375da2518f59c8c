import { randomBytes } from 'node:crypto'
import type { Attributes, Span, SpanStart, Tracer } from './trace.ts'

/**
 * A finished span in OTLP's JSON form: ids in hex, times in nanoseconds as text (opentelemetry-proto 1.x, trace.proto).
 */
export interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  flags: number
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: OtlpAttribute[]
  status: { code?: number }
}

export interface OtlpAttribute {
  key: string
  value:
    | { stringValue: string }
    | { intValue: string }
    | { doubleValue: number }
    | { boolValue: boolean }
    | { arrayValue: { values: { stringValue: string }[] } }
}

export interface SpanExporter extends AsyncDisposable {
  add(span: OtlpSpan): void
}

const kinds = { internal: 1, server: 2, client: 3 }
const errorStatus = 2

/** `sampleRatio`: for traces that begin here; for others the caller's decision is kept. */
export const createOtlpTracer = (exporter: SpanExporter, sampleRatio: number): Tracer => ({
  start: (name, start = {}) => new OtlpTracerSpan(exporter, sampleRatio, { name, ...start }),
  [Symbol.asyncDispose]: () => exporter[Symbol.asyncDispose](),
})

class OtlpTracerSpan implements Span {
  readonly traceparent: string
  readonly #exporter: SpanExporter
  readonly #isSampled: boolean
  readonly #span: Omit<OtlpSpan, 'attributes' | 'endTimeUnixNano' | 'status'>
  readonly #startedAt = performance.now()
  #attributes: Attributes
  #isOpen = true

  constructor(exporter: SpanExporter, sampleRatio: number, start: SpanStart & { name: string }) {
    const parent = parentOf(start.parent)
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex')
    const spanId = randomBytes(8).toString('hex')
    this.#isSampled = parent?.isSampled ?? Math.random() < sampleRatio
    this.traceparent = `00-${traceId}-${spanId}-${this.#isSampled ? '01' : '00'}`
    this.#exporter = exporter
    this.#attributes = start.attributes ?? {}
    this.#span = {
      traceId,
      spanId,
      ...(parent ? { parentSpanId: parent.spanId } : {}),
      flags: this.#isSampled ? 1 : 0,
      name: start.name,
      kind: kinds[start.kind ?? 'internal'],
      startTimeUnixNano: nanosecondsAt(this.#startedAt),
    }
  }

  set(attributes: Attributes): void {
    this.#attributes = { ...this.#attributes, ...attributes }
  }

  end(failure?: string): void {
    if (!this.#isOpen || !this.#isSampled) return
    this.#isOpen = false
    if (failure !== undefined) this.set({ 'error.type': failure })
    this.#exporter.add({
      ...this.#span,
      endTimeUnixNano: nanosecondsAt(performance.now()),
      attributes: Object.entries(this.#attributes).flatMap(attributeOf),
      status: failure === undefined ? {} : { code: errorStatus },
    })
  }
}

const nanosecondsAt = (monotonicMs: number) =>
  String(BigInt(Math.round((performance.timeOrigin + monotonicMs) * 1000)) * 1000n)

/** W3C Trace Context, 3.2.2: later versions may have more fields; all-zero ids are invalid. */
function parentOf(traceparent = '') {
  const match = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-|$)/.exec(
    traceparent,
  )
  const [, traceId, spanId, flags] = match ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

function attributeOf([key, value]: [string, Attributes[string]]): OtlpAttribute[] {
  if (value === undefined) return []
  if (typeof value === 'string') return [{ key, value: { stringValue: value } }]
  if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }]
  if (Array.isArray(value))
    return [{ key, value: { arrayValue: { values: value.map(stringValue => ({ stringValue })) } } }]
  return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }]
}
