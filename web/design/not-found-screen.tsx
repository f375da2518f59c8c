import { Link } from 'wouter'
import { Mark } from './mark.tsx'

export function NotFoundScreen() {
  return (
    <main className="grid h-full place-items-center p-6">
      <div className="grid justify-items-center gap-3 text-center text-balance">
        <Mark className="size-10" />
        <h1 className="text-xl font-semibold">There is nothing at this address</h1>
        <p className="text-quiet">It may have been deleted, or the link is not complete.</p>
        <Link href="/" className="mt-2 font-medium text-accent underline underline-offset-4">
          Go to your conversations
        </Link>
      </div>
    </main>
  )
}
