import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import type { TracingSettings } from './operations-settings.ts'
import { describeError } from './telemetry/describe-error.ts'
import { Metrics } from './telemetry/metrics.ts'
import { requestIds } from './telemetry/request-scope.ts'
import { noTracer, type Tracer } from './telemetry/trace.ts'

export type Logger = PinoLogger

/** Logs JSON lines, by default to standard output. Never the text of a message, a token or a secret. */
export const createLogger = (level: string, destination: DestinationStream = pino.destination(1)): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: requestIds,
      serializers: { err: describeError },
    },
    destination,
  )

/** A server's log, metrics and traces. */
export interface Telemetry extends AsyncDisposable {
  readonly log: Logger
  readonly metrics: Metrics
  readonly tracer: Tracer
}

/** Without a collector nothing is traced, and the tracing code is not loaded. */
export async function openTelemetry(log: Logger, tracing?: TracingSettings): Promise<Telemetry> {
  const tracer = tracing ? await openTracer(tracing, log) : noTracer
  return { log, metrics: new Metrics(), tracer, [Symbol.asyncDispose]: () => tracer[Symbol.asyncDispose]() }
}

async function openTracer(tracing: TracingSettings, log: Logger): Promise<Tracer> {
  const [{ createOtlpTracer }, { createOtlpExporter }] = await Promise.all([
    import('./telemetry/otlp-tracer.ts'),
    import('./telemetry/otlp-exporter.ts'),
  ])
  return createOtlpTracer(createOtlpExporter(tracing, log), tracing.sampleRatio)
}
