import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { usePerson } from '../account/session.ts'
import { followUpdates } from './live-updates.ts'
import type { Connection, Update } from './stream-updates.ts'

/** Keeps everything shown in sync with the server; returns the state of the connection. */
export function useLiveUpdates(): Connection {
  const { id } = usePerson()
  const queries = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connected')
  useEffect(
    () =>
      followUpdates(id, update => {
        if (update.kind === 'connection') setConnection(update.connection)
        else refresh(queries, update)
      }),
    [id, queries],
  )
  return connection
}

/** Query keys start with their subject: conversations, a conversation and its id, tasks. */
function refresh(queries: QueryClient, update: Update): void {
  if (update.kind === 'missed') {
    for (const key of ['conversations', 'conversation', 'tasks'])
      queries.invalidateQueries({ queryKey: [key] })
  } else if (update.kind === 'changed' && update.event === 'tasks.updated') {
    queries.invalidateQueries({ queryKey: ['tasks'] })
  } else if (update.kind === 'changed' && update.event === 'conversation.updated') {
    queries.invalidateQueries({ queryKey: ['conversations'] })
    const { conversationId } = update
    queries.invalidateQueries({
      queryKey: conversationId ? ['conversation', conversationId] : ['conversation'],
    })
  }
}
