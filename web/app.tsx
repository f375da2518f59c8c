import { lazy, Suspense, useEffect } from 'react'
import { Redirect, Route, Switch, useLocation, useRoute, useSearchParams } from 'wouter'
import { PersonContext, useSession } from './account/session.ts'
import { NotFoundScreen } from './design/not-found-screen.tsx'
import { ProblemNotice } from './design/problem-notice.tsx'
import { AppShell } from './shell/app-shell.tsx'
import { ShellSkeleton } from './shell/shell-skeleton.tsx'
import { persistently } from './thread/later-parts.ts'
import { Thread } from './thread/thread.tsx'

// Separate screens that are not needed at the start.
const AccountScreen = lazy(() =>
  persistently(() => import('./account/account-screen.tsx')).then(part => ({ default: part.AccountScreen })),
)
const SettingsScreen = lazy(() =>
  persistently(() => import('./settings/settings-screen.tsx')).then(part => ({
    default: part.SettingsScreen,
  })),
)

/** All routes of the page, the same as in server/routes/page.ts. */
export function App() {
  const session = useSession()
  if (session.isPending) return <ShellSkeleton />
  if (session.data === undefined)
    return (
      <main className="grid h-full place-items-center p-6">
        <ProblemNotice error={session.error} onRetry={() => session.refetch()} />
      </main>
    )
  return (
    <Suspense fallback={<main aria-busy="true" />}>
      <Switch>
        <Route path="/sign-in">{session.data ? <GoBack /> : <AccountScreen purpose="sign-in" />}</Route>
        <Route path="/sign-up">{session.data ? <GoBack /> : <AccountScreen purpose="sign-up" />}</Route>
        <Route>
          {session.data ? (
            <PersonContext value={session.data}>
              <Places />
            </PersonContext>
          ) : (
            <GoSignIn />
          )}
        </Route>
      </Switch>
    </Suspense>
  )
}

function Places() {
  const [isNew] = useRoute('/')
  const [isConversation, params] = useRoute('/c/:id')
  const conversationId = params?.id
  // One element for both routes, so that the shell stays mounted when the conversation changes.
  if (isNew || isConversation)
    return (
      <AppShell conversationId={conversationId}>
        <Thread conversationId={conversationId} />
      </AppShell>
    )
  return (
    <Switch>
      <Route path="/settings">
        <SettingsScreen />
      </Route>
      <Route>
        <NotFoundScreen />
      </Route>
    </Switch>
  )
}

/** Returns to where the person was when the session ended; never to another site. */
function GoBack() {
  const [search] = useSearchParams()
  const back = search.get('back') ?? '/'
  return <Redirect replace to={/^\/(?![/\\])/.test(back) ? back : '/'} />
}

function GoSignIn() {
  const [location, navigate] = useLocation()
  useEffect(() => {
    const back = location === '/' ? '' : `?back=${encodeURIComponent(location)}`
    navigate(`/sign-in${back}`, { replace: true })
  }, [location, navigate])
  return null
}
