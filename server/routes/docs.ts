import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import { type ApiEnv, createApi } from './api.ts'

/** `/docs`: a page to browse and try the API. All its files are served from here. */
export function docsRoutes() {
  const api = createApi()
  api.get('/docs', c => c.html(page, 200, pageHeaders))
  api.get('/docs/:name', c => {
    const file = files.get(c.req.param('name'))
    if (!file) throw new AppError('not_found')
    return answerWith(c, file())
  })
  return api
}

interface DocsFile {
  type: string
  plain: Uint8Array<ArrayBuffer>
  gzip: Uint8Array<ArrayBuffer>
}

const require = createRequire(import.meta.url)

/** Reads a file on first request and keeps it: most servers are never asked. */
function once(type: string, read: () => string | Buffer): () => DocsFile {
  let file: DocsFile | undefined
  return () => {
    if (file) return file
    const plain = Uint8Array.from(Buffer.from(read()))
    file = { type: `${type}; charset=utf-8`, plain, gzip: Uint8Array.from(gzipSync(plain)) }
    return file
  }
}

const shipped = (name: string) => () => readFileSync(require.resolve(`swagger-ui-dist/${name}`))

const files = new Map<string, () => DocsFile>([
  ['swagger-ui.css', once('text/css', shipped('swagger-ui.css'))],
  ['swagger-ui-bundle.js', once('text/javascript', shipped('swagger-ui-bundle.js'))],
  ['docs.css', once('text/css', () => style)],
  ['docs.js', once('text/javascript', () => script)],
])

function answerWith(c: Context<ApiEnv>, { type, plain, gzip }: DocsFile): Response {
  const isZipped = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(isZipped ? gzip : plain, 200, {
    'content-type': type,
    'cache-control': 'public, max-age=3600',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
    ...(isZipped && { 'content-encoding': 'gzip' }),
  })
}

/** No external resources, no inline script or style, no framing. */
const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Colloquy: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/docs.js"></script>
</body>
</html>
`

const script = `const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
})
`

const style = `body { margin: 0; background: #fff }
html.dark-mode body { background: #1c2022 }
.swagger-ui .wrapper { max-width: 70rem; padding: 0 1.25rem }
.swagger-ui .info { margin: 2rem 0 1rem }
`
