import type { ReactNode } from 'react'
import { classes } from '../design/classes.ts'
import { Timestamp } from './timestamp.tsx'

interface MessageToolsProps {
  createdAt: string | undefined
  align?: 'start' | 'end'
  /** Always shown, not only on hover or focus. */
  isShown?: boolean
  children: ReactNode
}

/** A message's actions and its time. */
export const MessageTools = ({
  createdAt,
  align = 'start',
  isShown = false,
  children,
}: MessageToolsProps) => (
  <div
    className={classes(
      'flex min-h-7 flex-wrap items-center gap-0.5 text-xs text-quiet transition-opacity',
      align === 'end' ? 'flex-row-reverse' : '-ml-2',
      !isShown &&
        'opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100 pointer-coarse:opacity-100',
    )}
  >
    {children}
    {createdAt && <Timestamp at={createdAt} />}
  </div>
)
