import './styles/page.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { sessionKey } from './account/session.ts'
import { onSessionEnd } from './api/access-token.ts'
import { Problem } from './api/problem.ts'
import { App } from './app.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The server would refuse a refused request again; a lost connection is worth a few retries.
      retry: (failures, error) =>
        failures < 3 && error instanceof Problem && (error.status === 0 || error.status >= 500),
      retryDelay: failures => Math.min(500 * 2 ** failures, 5000),
    },
  },
})

onSessionEnd(() => queries.setQueryData(sessionKey, null))
// After an update of the server, the parts this page would load no longer exist. A failed load alone does not prove an
// update.
const entry = new URL(import.meta.url).pathname
window.addEventListener('vite:preloadError', () => {
  fetch('/', { cache: 'no-store' })
    .then(response => (response.ok ? response.text() : entry))
    .then(page => page.includes(entry) || location.reload())
    .catch(() => {})
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
