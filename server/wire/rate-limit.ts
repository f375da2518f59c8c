import type { RateLimit } from '../errors.ts'

/** As draft-ietf-httpapi-ratelimit-headers had them until its sixth version, and most clients read them. */
export const rateLimitHeaders = (limit: RateLimit | null | undefined): Record<string, string> =>
  limit
    ? {
        'ratelimit-limit': String(limit.limit),
        'ratelimit-remaining': String(limit.remaining),
        'ratelimit-reset': String(limit.reset_seconds),
      }
    : {}
