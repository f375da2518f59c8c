import type { Task } from '../api/tasks.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { announce } from '../shell/announcer.tsx'
import { useDeleteTask } from './task-queries.ts'

export function DeleteTask({ task: { id, title }, onEnd }: { task: Task; onEnd(): void }) {
  const remove = useDeleteTask(id)
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        announce(`${title} is deleted`)
        onEnd()
      },
    })
  return (
    <ConfirmDialog
      title="Delete this task?"
      verb="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onEnd}
    >
      “{title}” will be gone for good.
    </ConfirmDialog>
  )
}
