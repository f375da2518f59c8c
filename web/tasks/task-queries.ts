import {
  type InfiniteData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { Page } from '../api/request.ts'
import {
  changeTask,
  createTask,
  deleteTask,
  pageTasks,
  readTask,
  setTaskCompleted,
  type Task,
  type TaskFields,
  type TaskFilter,
} from '../api/tasks.ts'

const key = ['tasks']

/** The filtered tasks, page by page; the current ones stay visible while the next are loading. */
export const useTasks = (filter: TaskFilter, timeZone: string) =>
  useInfiniteQuery({
    queryKey: [...key, filter, timeZone],
    queryFn: ({ pageParam }) => pageTasks(filter, timeZone, pageParam),
    initialPageParam: undefined as string | undefined, // its type cannot be inferred from the value
    getNextPageParam: page => page.next,
    placeholderData: before => before,
  })

/** One task by its number; undefined while unknown or when no number is given. */
export const useTask = (id: number | undefined) =>
  useQuery({ queryKey: ['task', id], queryFn: () => readTask(id ?? 0), enabled: id !== undefined }).data

/** A mutation of tasks that refetches all lists of them. */
function useTaskChange<Change, Result>(change: (of: Change) => Promise<Result>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  })
}

export const useAddTask = () => useTaskChange((fields: TaskFields) => createTask(fields))

export const useChangeTask = (id: number) => useTaskChange((fields: TaskFields) => changeTask(id, fields))

export const useDeleteTask = (id: number) => useTaskChange(() => deleteTask(id))

/** Optimistic: shown as done at once, and reverted when the server refuses. */
export function useCompleteTask() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, completed }: Pick<Task, 'id' | 'completed'>) => setTaskCompleted(id, completed),
    onMutate: async ({ id, completed }) => {
      await queries.cancelQueries({ queryKey: key })
      const before = queries.getQueriesData<InfiniteData<Page<Task>>>({ queryKey: key })
      queries.setQueriesData<InfiniteData<Page<Task>>>({ queryKey: key }, list =>
        list ? mapTasks(list, task => (task.id === id ? { ...task, completed } : task)) : list,
      )
      return before
    },
    onError: (_error, _task, before) => {
      for (const [queryKey, list] of before ?? []) queries.setQueryData(queryKey, list)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  })
}

const mapTasks = (list: InfiniteData<Page<Task>>, map: (task: Task) => Task): InfiniteData<Page<Task>> => ({
  ...list,
  pages: list.pages.map(page => ({ ...page, items: page.items.map(map) })),
})
