import { z } from 'zod'
import * as value from './config-values.ts'

/** How a server is watched, and who may call it from where: the part of the settings that operators look after. */
export interface OperationsSettings {
  /** Pages elsewhere that may call everything from a browser. */
  readonly corsOrigins: readonly string[]
  /** Opens `/metrics`; without one it answers on the machine itself alone. */
  readonly metricsToken: string | undefined
  /** Still accepted beside the secret, never used for anything new. */
  readonly oldSecrets: readonly string[]
  /** Where traces go; undefined: there are none. */
  readonly tracing: TracingSettings | undefined
}

export interface TracingSettings {
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  /** Of the traces that begin here. */
  readonly sampleRatio: number
}

const minTokenCharacters = 16

const collectorAddress = z.string().refine(text => {
  const url = URL.parse(text)
  return value.isWebAddress(text) && !url?.username && !url?.search
}, 'must be an http or https address, for example http://localhost:4318')

/** `name=value` pairs, percent-encoded, as OpenTelemetry's own settings have them. */
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
    return text // bytes that are no UTF-8: as they were given
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
