import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../errors.ts'
import { contentType } from '../telemetry/metrics.ts'
import { type ApiContext, createApi } from './api.ts'

interface MetricsSettings {
  /** Undefined: only requests from the same machine are answered. */
  token: string | undefined
  scrape: () => Promise<string>
}

/** `/metrics`, for Prometheus. Not public: for anyone else the path does not exist. */
export function metricsRoutes({ token, scrape }: MetricsSettings) {
  const routes = createApi()
  routes.get('/metrics', async c => {
    if (token === undefined) requireSameMachine(c)
    else requireMetricsToken(c, token)
    return c.body(await scrape(), 200, { 'content-type': contentType, 'cache-control': 'no-store' })
  })
  return routes
}

/** Headers of proxies: a request through a local proxy may come from anywhere. */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

function requireSameMachine(c: ApiContext): void {
  const peer = c.env.incoming?.socket.remoteAddress ?? ''
  const isForwarded = forwarding.some(name => c.req.header(name) !== undefined)
  if (isForwarded || !/^(::1|(::ffff:)?127\.[\d.]+)$/.test(peer))
    throw new AppError('not_found', 'There is nothing at this address')
}

function requireMetricsToken(c: ApiContext, token: string): void {
  const [, given] = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (given === undefined) throw new AppError('unauthenticated')
  if (!timingSafeEqual(digestOf(given), digestOf(token))) throw new AppError('invalid_token')
}

const digestOf = (text: string) => createHash('sha256').update(text).digest()
