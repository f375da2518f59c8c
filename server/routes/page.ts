import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { ApiEnv } from './api.ts'

/** `/` for people: the server runs, and this is where it is explained. Needs nothing from anywhere else. */
export function pageRoutes() {
  const routes = new Hono<ApiEnv>()
  routes.get('/', c => c.html(page, 200, { 'content-security-policy': policy, 'cache-control': 'no-cache' }))
  return routes
}

const style = `
:root { color-scheme: light dark; --ink: #1b1b1f; --quiet: #5b5b66; --ground: #fbfbfd; --line: #d9d9e0; --link: #3b4cca }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --quiet: #a3a3b0; --ground: #131318; --line: #34343f; --link: #a5b0ff }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 38rem; margin: 0 auto; padding: 4rem 1.25rem }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2 }
p { margin: .75rem 0 }
.quiet { color: var(--quiet) }
dl { margin: 2rem 0; border-top: 1px solid var(--line) }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line) }
dt { flex: 0 0 9rem }
dd { flex: 1 1 14rem; margin: 0; color: var(--quiet) }
a { color: var(--link) }
code, pre { font: .9rem/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem }
`

/** Only this style sheet; no script, no frame, nothing loaded. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Colloquy</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>Colloquy is running</h1>
<p class="quiet">A chat backend for AI agents whose only state is Postgres.</p>
<dl>
<div><dt><a href="/openapi.json">/openapi.json</a></dt><dd>the API, documented as OpenAPI 3.1</dd></div>
<div><dt><a href="/readyz">/readyz</a></dt><dd>whether the server and its database can serve</dd></div>
<div><dt><a href="/healthz">/healthz</a></dt><dd>whether the process runs</dd></div>
</dl>
<p>A first conversation, from the folder of the server:</p>
<pre tabindex="0">TOKEN=$(npm run --silent token -- --user ada)
curl http://127.0.0.1:3000/api/ada/chat \\
  -H "authorization: Bearer $TOKEN" -H "content-type: application/json" \\
  -d '{"message": "Add a task to buy groceries"}'</pre>
</main>
</body>
</html>
`
