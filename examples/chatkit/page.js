/**
 * OpenAI's ChatKit component with Colloquy behind it. It needs the network: its script comes from OpenAI and runs in a frame
 * of theirs, so no test opens this page. Colloquy's own page needs neither.
 *
 *   CORS_ORIGINS=http://localhost:8080 npm start
 *   npx vite examples/chatkit --port 8080
 *   open "http://localhost:8080/#token=$(npm run --silent token -- --user ada)"
 *
 * Add `&url=…` where the server is elsewhere, and away from localhost `&key=…`, the key that OpenAI gives to your domain.
 */
const given = new URLSearchParams(location.hash.slice(1))
const url = `${given.get('url') ?? 'http://127.0.0.1:3000'}/chatkit`

/** The token lives minutes; a page with accounts gets a new one from `GET /api/auth/token` here. */
const token = () => given.get('token') ?? ''

/** A request that got no answer is sent again; under the same key it is the same message. */
const withToken = (target, init = {}) => {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${token()}`)
  headers.set('idempotency-key', crypto.randomUUID())
  headers.set('x-time-zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
  const send = () => fetch(target, { ...init, headers })
  return send().catch(send)
}

const options = {
  api: { url, domainKey: given.get('key') ?? 'domain_pk_localhost_dev', fetch: withToken },
  history: { enabled: true, showRename: true, showDelete: true },
  threadItemActions: { feedback: true, retry: true },
  startScreen: { prompts: [{ label: 'My tasks', prompt: 'Show my tasks' }] },
}

const chat = document.querySelector('#chat')
await customElements.whenDefined('openai-chatkit')
document.querySelector('#needs').remove()
chat.setOptions(options)

/** The protocol has no request that stops an answer; this action does. */
document
  .querySelector('#stop')
  .addEventListener('click', () => chat.sendCustomAction({ type: 'turn.cancel' }))
