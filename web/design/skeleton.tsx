import { classes } from './classes.ts'

/** A placeholder of roughly the shape of the content to come. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden="true" className={classes('rounded-md bg-hover shimmer', className)} />
)
