import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../errors.ts'
import type { ApiEnv } from './api.ts'

/** Bodies of the API are JSON and of bounded size; both are said before a byte is parsed. */
export function boundBody(maxBodyBytes: number): MiddlewareHandler<ApiEnv> {
  const limit = bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new AppError('body_too_large', `A request has at most ${maxBodyBytes} bytes`)
    },
  })
  return (c, next) => {
    if (hasBody(c.req.raw.headers) && !isJson(c.req.header('content-type'))) {
      throw new AppError('unsupported_media_type', 'Send application/json')
    }
    return limit(c, next)
  }
}

const hasBody = (headers: Headers) =>
  headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0

/** RFC 8259 and the structured suffix of RFC 6839; a charset other than UTF-8 is none of JSON's. */
const isJson = (type: string | undefined) =>
  type !== undefined && /^application\/([\w.+-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?(;.*)?$/i.test(type)
