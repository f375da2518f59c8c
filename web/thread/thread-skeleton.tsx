import { Skeleton } from '../design/skeleton.tsx'

/** A placeholder of a conversation while it loads. */
export const ThreadSkeleton = () => (
  <div className="flex min-h-0 flex-1 flex-col" role="status" aria-label="Loading the conversation">
    <div className="mx-auto grid w-full max-w-184 flex-1 content-start gap-6 px-4 py-8 tablet:px-6">
      <Skeleton className="ml-auto h-10 w-1/2 rounded-xl" />
      <div className="grid gap-2">
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-2/3" />
      </div>
    </div>
  </div>
)
