import type { TracingSettings } from '../operations-settings.ts'
import type { Logger } from '../telemetry.ts'
import type { OtlpSpan, SpanExporter } from './otlp-tracer.ts'

const maxWaiting = 4096
const maxBatch = 512
const flushEveryMs = 2_000
const requestTimeoutMs = 5_000
const complainEveryMs = 60_000

/**
 * Sends spans to a collector in batches (OTLP/HTTP, JSON). Nothing waits for it: spans that exceed the buffer, and
 * batches the collector did not accept, are lost, and the log reports that at most once a minute.
 */
export function createOtlpExporter(
  settings: Omit<TracingSettings, 'sampleRatio'>,
  log: Logger,
): SpanExporter {
  const url = `${settings.endpoint.replace(/\/+$/, '')}/v1/traces`
  const headers = { 'content-type': 'application/json', ...settings.headers }
  let waiting: OtlpSpan[] = []
  let sending: Promise<void> | undefined
  let lost = 0
  let complainedAt = Number.NEGATIVE_INFINITY

  async function send(spans: OtlpSpan[]): Promise<void> {
    const signal = AbortSignal.timeout(requestTimeoutMs)
    const body = JSON.stringify(requestOf(spans, settings.serviceName))
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`The collector answered ${answer.status}`)
  }

  function lose(count: number, error?: unknown): void {
    lost += count
    if (performance.now() - complainedAt < complainEveryMs) return
    complainedAt = performance.now()
    log.warn({ event: 'spans.lost', lost, err: error }, 'spans lost')
    lost = 0
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch)
      waiting = waiting.slice(maxBatch)
      await send(batch).catch(error => lose(batch.length, error))
    }
  }

  const flush = () => {
    sending ??= sendAll().finally(() => {
      sending = undefined
    })
    return sending
  }
  const timer = setInterval(flush, flushEveryMs).unref()
  return {
    add(span) {
      if (waiting.length >= maxWaiting) return lose(1)
      waiting.push(span)
      if (waiting.length === maxBatch) void flush()
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await sending
      await flush()
    },
  }
}

const requestOf = (spans: OtlpSpan[], serviceName: string) => ({
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: serviceName } },
          { key: 'process.pid', value: { intValue: String(process.pid) } },
        ],
      },
      scopeSpans: [{ scope: { name: 'colloquy' }, spans }],
    },
  ],
})
