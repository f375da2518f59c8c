import { Problem, problemOf, textAt } from './problem.ts'

/** The signed-in person, according to the access token. */
export interface Person {
  id: string
  name: string
  email: string
}

interface AccessToken {
  text: string
  person: Person
  expiresAt: number
}

/** Renewed this long before it expires, so that no token expires in transit. */
const renewalMs = 60_000

// In memory only: a script that later gains access to the page's storage would find nothing.
let held: AccessToken | undefined
let renewing: Promise<AccessToken> | undefined
const endings = new EventTarget()

/** A valid access token, renewed with the session's cookie if necessary. */
export async function accessToken(): Promise<AccessToken> {
  if (held && held.expiresAt - Date.now() > renewalMs) return held
  return renewAccessToken()
}

/** Concurrent requests share one renewal. */
export function renewAccessToken(): Promise<AccessToken> {
  renewing ??= fetchToken().finally(() => {
    renewing = undefined
  })
  return renewing
}

export function forgetAccessToken(): void {
  held = undefined
}

/** Calls the listener when a valid session turns out to have ended. */
export function onSessionEnd(listener: () => void): () => void {
  endings.addEventListener('end', listener)
  return () => endings.removeEventListener('end', listener)
}

async function fetchToken(): Promise<AccessToken> {
  const response = await fetch('/api/auth/token', { headers: { accept: 'application/json' } }).catch(
    cause => {
      throw new Problem('offline', 0, { detail: String(cause) })
    },
  )
  if (response.status === 401) {
    forgetAccessToken()
    endings.dispatchEvent(new Event('end'))
    throw new Problem('token_expired', 401)
  }
  if (!response.ok) throw await problemOf(response)
  held = read(textAt(await response.json(), 'token') ?? '')
  return held
}

/** The claims are only displayed, never trusted: the server verifies the token each time. */
function read(text: string): AccessToken {
  const payload = text.split('.')[1] ?? ''
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), each =>
    each.charCodeAt(0),
  )
  const claims: { sub: string; name?: string; email?: string; iat: number; exp: number } = JSON.parse(
    new TextDecoder().decode(bytes),
  )
  const person = { id: claims.sub, name: claims.name ?? '', email: claims.email ?? '' }
  // From the token's lifetime: the clocks of server and browser need not agree.
  return { text, person, expiresAt: Date.now() + (claims.exp - claims.iat) * 1000 }
}
