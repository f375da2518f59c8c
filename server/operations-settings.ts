import { z } from 'zod'
import * as value from './config-values.ts'

/** The operators' part of the settings: monitoring, and which origins may call the server. */
export interface OperationsSettings {
  /** Other origins whose pages may call everything from a browser. */
  readonly corsOrigins: readonly string[]
  /** Token for `/metrics`; without one it answers only on the same machine. */
  readonly metricsToken: string | undefined
  /** Earlier secrets, still accepted but never used for anything new. */
  readonly oldSecrets: readonly string[]
  /** Where traces are sent; undefined: no tracing. */
  readonly tracing: TracingSettings | undefined
}

export interface TracingSettings {
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  /** Share of the traces that begin here. */
  readonly sampleRatio: number
}

const minTokenCharacters = 16

const collectorAddress = z.string().refine(text => {
  const url = URL.parse(text)
  return value.isWebAddress(text) && !url?.username && !url?.search
}, 'must be an http or https address, for example http://localhost:4318')

/** Percent-encoded `name=value` pairs, as in OpenTelemetry's own settings. */
const headers = value.list
  .refine(
    pairs => pairs.every(pair => /^[\w!#$&'*.^`|~-]+=(?:[^%]|%[\da-f]{2})*$/i.test(pair)),
    'must be pairs separated by commas, as in authorization=Bearer%20secret',
  )
  .transform(pairs => Object.fromEntries(pairs.map(headerOf)))

function headerOf(pair: string): [string, string] {
  const end = pair.indexOf('=')
  return [pair.slice(0, end), decoded(pair.slice(end + 1))]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not UTF-8: kept as given
  }
}

export const operationsVariables = {
  BETTER_AUTH_SECRET_OLD: value.list.pipe(z.array(value.secret)),
  CORS_ORIGINS: value.origins,
  METRICS_TOKEN: z
    .string()
    .min(minTokenCharacters, `must have at least ${minTokenCharacters} characters`)
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorAddress.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers,
  OTEL_SERVICE_NAME: z.string().default('colloquy'),
  OTEL_TRACES_SAMPLER_ARG: value.share,
}

type Variables = z.infer<z.ZodObject<typeof operationsVariables>>

export const operationsOf = (data: Variables): OperationsSettings => ({
  corsOrigins: data.CORS_ORIGINS,
  metricsToken: data.METRICS_TOKEN,
  oldSecrets: data.BETTER_AUTH_SECRET_OLD,
  tracing: data.OTEL_EXPORTER_OTLP_ENDPOINT
    ? {
        endpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT,
        headers: data.OTEL_EXPORTER_OTLP_HEADERS,
        serviceName: data.OTEL_SERVICE_NAME,
        sampleRatio: data.OTEL_TRACES_SAMPLER_ARG,
      }
    : undefined,
})
