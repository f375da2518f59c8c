import type { RateLimit } from '../errors.ts'

/** The header fields of draft-ietf-httpapi-ratelimit-headers up to its sixth version, which most clients read. */
export const rateLimitHeaders = (limit: RateLimit | null | undefined): Record<string, string> =>
  limit
    ? {
        'ratelimit-limit': String(limit.limit),
        'ratelimit-remaining': String(limit.remaining),
        'ratelimit-reset': String(limit.reset_seconds),
      }
    : {}
