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

/** The tasks a filter lets through, page by page; what is shown stays while the next ones are on their way. */
export const useTasks = (filter: TaskFilter, timeZone: string) =>
  useInfiniteQuery({
    queryKey: [...key, filter, timeZone],
    queryFn: ({ pageParam }) => pageTasks(filter, timeZone, pageParam),
    initialPageParam: undefined as string | undefined, // its type cannot be seen from the value
    getNextPageParam: page => page.next,
    placeholderData: before => before,
  })

/** One task by its number; nothing while it is not known, and where none is asked for. */
export const useTask = (id: number | undefined) =>
  useQuery({ queryKey: ['task', id], queryFn: () => readTask(id ?? 0), enabled: id !== undefined }).data

/** A change of tasks, and a fresh look at all lists of them. */
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

/** Shown as done at once; put back when the server refuses. */
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
