import { Problem, problemOf, textAt } from './problem.ts'

/** Who is signed in, as the access token says. */
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

/** Renewed this long before its end, so that none ends on its way. */
const renewalMs = 60_000

// In memory only: a script that got into the page's storage later would find nothing.
let held: AccessToken | undefined
let renewing: Promise<AccessToken> | undefined
const endings = new EventTarget()

/** A token of the API that is still good, from the session's cookie when there is none. */
export async function accessToken(): Promise<AccessToken> {
  if (held && held.expiresAt - Date.now() > renewalMs) return held
  return renewAccessToken()
}

/** However many requests need it at once, it is asked for once. */
export function renewAccessToken(): Promise<AccessToken> {
  renewing ??= fetchToken().finally(() => {
    renewing = undefined
  })
  return renewing
}

export function forgetAccessToken(): void {
  held = undefined
}

/** Calls when a session that was good turns out to be over. */
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

/** The claims are shown and never trusted: the server verifies the token each time. */
function read(text: string): AccessToken {
  const payload = text.split('.')[1] ?? ''
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), each =>
    each.charCodeAt(0),
  )
  const claims: { sub: string; name?: string; email?: string; iat: number; exp: number } = JSON.parse(
    new TextDecoder().decode(bytes),
  )
  const person = { id: claims.sub, name: claims.name ?? '', email: claims.email ?? '' }
  // By its own length: the clocks of server and browser need not agree.
  return { text, person, expiresAt: Date.now() + (claims.exp - claims.iat) * 1000 }
}
