import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../errors.ts'
import type { ApiContext, ApiEnv } from './api.ts'

/** API bodies must be JSON of bounded size; both are checked before anything is parsed. */
export function boundBody(maxBodyBytes: number): MiddlewareHandler<ApiEnv> {
  const bound = boundSize(maxBodyBytes)
  return (c, next) => {
    const hasBody = isChunked(c) || bytesOf(c) > 0
    if (hasBody && !isJson(c.req.header('content-type')))
      throw new AppError('unsupported_media_type', 'Send application/json')
    return bound(c, next)
  }
}

/** The size limit alone, for bodies of any type. */
export function boundSize(maxBodyBytes: number): MiddlewareHandler<ApiEnv> {
  const tooLarge = (): never => {
    throw new AppError('body_too_large', `A request has at most ${maxBodyBytes} bytes`)
  }
  const countChunks = bodyLimit({
    maxSize: maxBodyBytes,
    onError: ({ env }: Context<ApiEnv>) => {
      // The rest of the body stays unread, so the connection cannot carry another request.
      if (env.outgoing) env.outgoing.shouldKeepAlive = false
      return tooLarge()
    },
  })
  return (c, next) => {
    if (bytesOf(c) > maxBodyBytes) tooLarge()
    // Counting turns the body into a web stream, which costs more than all other middleware: only when unavoidable.
    return isChunked(c) ? countChunks(c, next) : next()
  }
}

const bytesOf = (c: ApiContext) => Number(c.req.header('content-length') ?? 0)
const isChunked = (c: ApiContext) => c.req.header('transfer-encoding') !== undefined

/** RFC 8259, and the structured suffix of RFC 6839; JSON allows no charset other than UTF-8. */
function isJson(type = ''): boolean {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]*)/i.exec(type) ?? []
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type) && charset.toLowerCase() === 'utf-8'
}
