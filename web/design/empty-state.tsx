import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** Explains what would be here, and how to get it here. */
export function EmptyState({
  icon: Icon,
  title,
  children,
}: {
  icon: LucideIcon
  title: string
  children?: ReactNode
}) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-10 text-center text-balance appear">
      <span className="mb-1 grid size-11 place-items-center rounded-full bg-accent-soft text-accent">
        <Icon aria-hidden="true" className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-72 text-quiet">{children}</div>}
    </div>
  )
}
