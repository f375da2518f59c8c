import { createHmac, timingSafeEqual } from 'node:crypto'

/** The current secret and earlier ones: their signatures are still accepted, but nothing new is signed with them. */
export interface Secrets {
  secret: string
  oldSecrets?: readonly string[] | undefined
}

/** A value and its signature, percent-encoded, as the library writes them in the cookie and in set-auth-token. */
const signed = /^([\w-]+)(?:\.|%2E)((?:[A-Za-z\d+/]|%2B|%2F){43}(?:=|%3D))$/i
const sessionCookie = /^(?:__Secure-)?better-auth\.session_token$/
const bearer = /^bearer +(\S+)$/i

/**
 * Re-signs sessions that an old secret signed before they reach the library, which knows only the current one. A
 * session gets the new signature for good when the library renews its cookie, a day after the last renewal.
 */
export function renewSignatures(headers: Headers, secrets: Secrets): void {
  if (!secrets.oldSecrets?.length) return
  const cookies = headers.get('cookie')
  if (cookies)
    headers.set(
      'cookie',
      cookies
        .split(';')
        .map(each => renewCookie(each.trim(), secrets))
        .join('; '),
    )
  const [, token] = bearer.exec(headers.get('authorization') ?? '') ?? []
  if (token) headers.set('authorization', `Bearer ${renew(token, secrets)}`)
}

function renewCookie(cookie: string, secrets: Secrets): string {
  const at = cookie.indexOf('=')
  const name = cookie.slice(0, at)
  return sessionCookie.test(name) ? `${name}=${renew(cookie.slice(at + 1), secrets)}` : cookie
}

function renew(text: string, { secret, oldSecrets = [] }: Secrets): string {
  const [, value, signature] = signed.exec(text) ?? []
  if (!value || !signature) return text
  const given = Buffer.from(decodeURIComponent(signature), 'base64')
  const isOld = oldSecrets.some(old => given.length === 32 && timingSafeEqual(given, sign(value, old)))
  return isOld ? encodeURIComponent(`${value}.${sign(value, secret).toString('base64')}`) : text
}

const sign = (value: string, secret: string) => createHmac('sha256', secret).update(value).digest()
