import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { modelHost, parseModelSpec } from '../model-settings.ts'
import { type Check, failed, passed } from './check.ts'

/** Finds settings that providers would reject later, before anyone depends on them. Sends nothing. */
export function checkModelAccess({ model }: Config): Check[] {
  const spec = parseModelSpec(model.spec)
  if (!spec || spec.provider === 'offline') return []
  const key = model.apiKeys[spec.provider]
  const url = URL.parse(modelHost(spec.provider, model.baseUrl) ?? '')
  return [
    key === undefined || /^[\x21\x23-\x26\x28-\x7e]+$/.test(key)
      ? passed('model key', key === undefined ? 'none, and none is needed' : 'has the form of one')
      : failed(
          'model key',
          'It has spaces, quotes or other signs that no key has',
          'copy it again, without quotes',
        ),
    /\/(chat\/completions|responses|messages)\/?$/.test(url?.pathname ?? '')
      ? failed(
          'model address',
          'It names one operation',
          'end MODEL_BASE_URL before it, as in https://host/v1',
        )
      : passed(
          'model address',
          `${url?.host}${isReadable(url, key) ? ', where the key can be read on its way' : ''}`,
        ),
  ]
}

const isReadable = (url: URL | null, key: string | undefined) =>
  key !== undefined &&
  url?.protocol === 'http:' &&
  !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)

/** Without the built page the API still works, and `/` explains what to do. */
export const checkPage = (): Check =>
  passed(
    'page',
    existsSync(join(import.meta.dirname, '../../dist/page/index.html'))
      ? 'built'
      : 'not built; the API works without it (npm run build)',
  )

export const checkMetrics = ({ metricsToken }: Config): Check =>
  passed('metrics', metricsToken ? '/metrics, with METRICS_TOKEN' : '/metrics, on this machine alone')

export const checkTracing = ({ tracing }: Config): Check =>
  passed('traces', tracing ? `to ${new URL(tracing.endpoint).host}` : 'none')
