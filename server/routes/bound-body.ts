import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../errors.ts'
import type { ApiEnv } from './api.ts'

/** Bodies of the API are JSON and of bounded size; both are said before a byte is parsed. */
export function boundBody(maxBodyBytes: number): MiddlewareHandler<ApiEnv> {
  const tooLarge = () => {
    throw new AppError('body_too_large', `A request has at most ${maxBodyBytes} bytes`)
  }
  const countChunks = bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge })
  return (c, next) => {
    const isChunked = c.req.header('transfer-encoding') !== undefined
    const bytes = Number(c.req.header('content-length') ?? 0)
    if ((isChunked || bytes > 0) && !isJson(c.req.header('content-type'))) {
      throw new AppError('unsupported_media_type', 'Send application/json')
    }
    if (bytes > maxBodyBytes) tooLarge()
    // Counting makes a web stream of the body, which costs more than the rest of the middleware: only where it must be.
    return isChunked ? countChunks(c, next) : next()
  }
}

/** RFC 8259 and the structured suffix of RFC 6839; a charset other than UTF-8 is none of JSON's. */
function isJson(type = ''): boolean {
  const [, charset = 'utf-8'] = /;\s*charset="?([^\s;"]*)/i.exec(type) ?? []
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type) && charset.toLowerCase() === 'utf-8'
}
