import { classes } from './classes.ts'

/** Where content will be, in about its shape. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden="true" className={classes('rounded-md bg-hover shimmer', className)} />
)
