import { type Context, Hono } from 'hono'
import { AppError } from '../errors.ts'
import type { ApiEnv } from './api.ts'
import type { PageFile, PageFiles } from './page-files.ts'

/** The page's own routes; it does the rest of the routing itself. */
const places = ['/', '/c/:id', '/sign-in', '/sign-up', '/settings'] as const

/** Serves the built page. */
export function pageRoutes(files: PageFiles) {
  const routes = new Hono<ApiEnv>()
  const page = files.get('/index.html')
  for (const place of places)
    routes.get(place, c =>
      page ? answerWith(c, page, { ...pageHeaders, ...revalidated }) : c.html(unbuilt, 503, unbuiltHeaders),
    )
  for (const name of ['/theme.js', '/icon.svg'])
    routes.get(name, c => answerWith(c, files.get(name), revalidated))
  routes.get('/assets/:name', c => answerWith(c, files.get(c.req.path), forever))
  return routes
}

/** A person who followed a wrong link gets the page, which reports that in words. */
export function pageNotFound(c: Context<ApiEnv>, files: PageFiles): Response | undefined {
  const page = files.get('/index.html')
  const isPerson = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html')
  if (!page || !isPerson || c.req.path.startsWith('/api/')) return undefined
  const headers = { ...pageHeaders, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  return c.body(page.bytes, 404, { ...headers, 'content-type': page.type })
}

/** No external resources, no inline script or style, no framing. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // Trusted Types: text can become script only through a policy, and there is none.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const pageHeaders = {
  'content-security-policy': policy,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}
const revalidated = { 'cache-control': 'no-cache' }
/** Their names change with their contents. */
const forever = { 'cache-control': 'public, max-age=31536000, immutable' }

function answerWith(
  c: Context<ApiEnv>,
  file: PageFile | undefined,
  headers: Record<string, string>,
): Response {
  if (!file) throw new AppError('not_found', 'There is nothing at this address')
  const always = { ...headers, etag: file.etag, vary: 'accept-encoding', 'x-content-type-options': 'nosniff' }
  if (namesTag(c.req.header('if-none-match'), file.etag)) return c.body(null, 304, always)
  const encoding = encodingFor(c.req.header('accept-encoding'), file)
  const bytes = (encoding && file[encoding]) ?? file.bytes
  return c.body(bytes, 200, {
    ...always,
    'content-type': file.type,
    'content-length': String(bytes.byteLength),
    ...(encoding ? { 'content-encoding': encoding } : {}),
  })
}

/** Weak comparison (RFC 9110, section 13.1.2). */
const namesTag = (given: string | undefined, etag: string) =>
  given?.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^(W\/)?/, 'W/') === etag) ?? false

function encodingFor(accepted: string | undefined, file: PageFile): 'br' | 'gzip' | undefined {
  const wanted = (accepted ?? '')
    .split(',')
    .map(each => each.split(';').map(part => part.trim().toLowerCase()))
  const accepts = (name: string) =>
    wanted.some(([coding, weight]) => coding === name && !/^q=0(\.0*)?$/.test(weight ?? ''))
  return (['br', 'gzip'] as const).find(name => file[name] && accepts(name))
}

const unbuiltHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  ...revalidated,
}

const unbuilt = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Colloquy</title>
</head>
<body>
<main>
<h1>Colloquy is running, but its page was not built</h1>
<p>Run <code>npm run build</code> in the folder of the server, then start the server again.</p>
<p>The API works without it: <a href="/openapi.json">/openapi.json</a> describes it.</p>
</main>
</body>
</html>
`
