import { isIP } from 'node:net'
import { z } from 'zod'

/**
 * Schemas of single settings. A message follows the setting's name and never repeats the value, which may be a secret.
 */

export const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .refine(
      text => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max}, for example ${fallback}`,
    )
    .transform(Number)
    .default(fallback)

/** At most a day; Node's timers cannot exceed 24 days. */
export const seconds = (min: number, fallback: number) =>
  z
    .string()
    .refine(
      text => /^\d{1,5}(\.\d{1,3})?$/.test(text) && Number(text) >= min && Number(text) <= 86_400,
      `must be a number of seconds from ${min} to 86400, for example ${fallback}`,
    )
    .transform(Number)
    .default(fallback)

/** A share from 0 to 1. */
export const share = z
  .string()
  .refine(text => /^(0(\.\d+)?|1(\.0+)?)$/.test(text), 'must be a number from 0 to 1, for example 0.1')
  .transform(Number)
  .default(1)

export const oneOf = <const Value extends string>(values: readonly [Value, ...Value[]], fallback: Value) =>
  z.enum(values, `must be one of ${values.join(', ')}`).default(fallback)

/** A host name or address to listen on, as in HOST=0.0.0.0 or HOST=::1. */
export const host = z
  .string()
  .regex(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an address, for example 127.0.0.1')

export const databaseUrl = z.string().refine(text => {
  const url = URL.parse(text)
  return url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && hasReadableParts(url)
}, 'must be an address such as postgres://user:password@localhost:5432/colloquy, with special characters of the password percent-encoded')

/** The driver decodes these parts; a stray percent sign would fail there without saying where. */
function hasReadableParts(url: URL): boolean {
  try {
    return [url.username, url.password, url.pathname].map(decodeURIComponent).length > 0
  } catch {
    return false
  }
}

export const origin = z
  .string()
  .refine(isOrigin, 'must be an http or https address without a path, for example https://chat.example.com')
  .transform(text => new URL(text).origin)

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && isWebAddress(text) && url.pathname === '/' && url.search + url.hash + url.username === ''
  )
}

export const isWebAddress = (text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')

export const minSecretCharacters = 32

export const secret = z
  .string()
  .min(
    minSecretCharacters,
    `must have at least ${minSecretCharacters} characters, for example the output of: openssl rand -base64 32`,
  )

/** Only asymmetric signatures: with HMAC, an issuer's public key could be used as the shared secret. */
const algorithms = ['EdDSA', 'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

const prefixPattern = /^[A-Za-z0-9._-]{1,64}$/

export const textThat = (isRight: (text: string) => boolean, message: string) =>
  z.string(message).refine(isRight, message)

const trustedIssuer = z
  .strictObject(
    {
      prefix: textThat(text => prefixPattern.test(text), 'must be 1 to 64 letters, digits, dots, dashes'),
      issuer: textThat(text => text !== '', 'must be the text of the claim iss'),
      jwks_url: textThat(isWebAddress, 'must be an http or https address'),
      audience: textThat(text => text !== '', 'must be the text of the claim aud').optional(),
      algorithms: z
        .array(z.enum(algorithms, `must be one of ${algorithms.join(', ')}`))
        .min(1, 'must not be empty')
        .default(['RS256', 'ES256', 'EdDSA']),
    },
    'must be an object of prefix, issuer, jwks_url, audience, algorithms and nothing else',
  )
  .transform(({ jwks_url: jwksUrl, ...rest }) => ({ ...rest, jwksUrl }))

/** A setting's JSON value, to be piped into a schema. */
export const json = (kind: string, example: string) =>
  z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: `must be a JSON ${kind}, for example ${example}` })
      return z.NEVER
    }
  })

const price = z
  .number('must be a number, for a million tokens')
  .min(0, 'must not be negative')
  .max(1e9, 'must be at most 1000000000')

/** A JSON object: the price of each model. */
export const modelPrices = json('object', '{"openai/gpt-x": {"input": 2.5, "output": 10}}')
  .pipe(
    z.record(
      z.string(),
      z.strictObject({ input: price, output: price }, 'must be an object of input and output'),
      'must be a JSON object',
    ),
  )
  .transform(prices => new Map(Object.entries(prices)))
  .default(() => new Map())

/** A JSON array of issuers. With one prefix, two issuers could speak for each other's users. */
export const trustedIssuers = json(
  'array',
  '[{"prefix": "acme", "issuer": "https://acme.example", "jwks_url": "https://acme.example/jwks"}]',
)
  .pipe(
    z
      .array(trustedIssuer, 'must be a JSON array')
      .refine(
        issuers => new Set(issuers.map(issuer => issuer.prefix)).size === issuers.length,
        'must give each issuer a prefix of its own',
      )
      .refine(
        issuers => new Set(issuers.map(issuer => issuer.issuer)).size === issuers.length,
        'must name each issuer once',
      ),
  )
  .default([])

/** A comma-separated list. */
export const list = z
  .string()
  .default('')
  .transform(text =>
    text
      .split(',')
      .map(each => each.trim())
      .filter(Boolean),
  )

export const origins = list
  .refine(
    given => given.every(isOrigin),
    'must be origins separated by commas, as in https://chat.example.com, http://localhost:5173',
  )
  .transform(given => given.map(text => new URL(text).origin))

export const addresses = list.refine(
  list => list.every(isAddressRange),
  'must be addresses or CIDR ranges separated by commas, as in 10.0.0.0/8, 192.168.1.4',
)

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
