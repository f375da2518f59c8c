import { Skeleton } from '../design/skeleton.tsx'

/** A placeholder of the page until it is known who is signed in. */
export const ShellSkeleton = () => (
  <div className="flex h-full" role="status" aria-label="Loading">
    <div className="hidden w-70 shrink-0 gap-3 border-r border-line p-3 tablet:grid tablet:content-start">
      <Skeleton className="h-9" />
      <Skeleton className="h-9" />
    </div>
    <div className="flex-1 bg-surface" />
  </div>
)
