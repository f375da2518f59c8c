import { accessToken, renewAccessToken } from './access-token.ts'
import { Problem, problemOf } from './problem.ts'

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  body?: unknown
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** A page of a list, and the cursor of the next one. */
export interface Page<Item> {
  items: Item[]
  next: string | undefined
}

/** Sends a request and returns the JSON response; `path` is relative to `/api/{user_id}`. Throws a Problem. */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await open(path, options)
  if (response.status === 204) return undefined as Answer // the caller expects no content
  return response.json().catch(() => {
    throw new Problem('unreadable', response.status)
  })
}

export async function requestPage<Item>(path: string, options: RequestOptions = {}): Promise<Page<Item>> {
  const response = await open(path, options)
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  const after = next && new URL(next, location.origin).searchParams.get('after')
  return { items: await response.json(), next: after ?? undefined }
}

/** The same with the response's body unread, for streams. Throws a Problem for anything but a success. */
export async function open(path: string, options: RequestOptions = {}): Promise<Response> {
  const { query = {}, body, headers = {}, method = 'GET', signal } = options
  const params = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  const response = await authorizedFetch(`${path}${params.size > 0 ? `?${params}` : ''}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

/**
 * `fetch` as the signed-in person, for callers that build their own requests. A refused token is renewed once; without
 * a session the person is asked to sign in again.
 */
async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const first = await accessToken()
  const response = await send(path, init, first)
  if (response.status !== 401) return response
  return send(path, init, await renewAccessToken())
}

async function send(
  path: string,
  init: RequestInit,
  { text, person }: { text: string; person: { id: string } },
): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${text}`)
  try {
    return await fetch(addressOf(path, person.id), { ...init, headers })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new Problem('offline', 0, { detail: String(cause) })
  }
}

/** The AI SDK's routes identify the person by the token alone. */
const addressOf = (path: string, personId: string) =>
  path.startsWith('/ai-sdk') ? path : `/api/${encodeURIComponent(personId)}${path}`
