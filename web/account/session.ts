import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Person } from '../api/access-token.ts'
import { findSession, signOut } from '../api/accounts.ts'

export const sessionKey = ['session']

/** The signed-in person: null when nobody is signed in, undefined while unknown. */
export const useSession = () =>
  useQuery({ queryKey: sessionKey, queryFn: findSession, staleTime: 60_000, refetchOnWindowFocus: 'always' })

/** Switches to another person; nothing of the previous one's data stays. */
export function useEnter() {
  const queries = useQueryClient()
  return (person: Person | null) => {
    queries.removeQueries({ predicate: query => query.queryKey[0] !== sessionKey[0] })
    queries.setQueryData(sessionKey, person)
  }
}

export function useSignOut() {
  const enter = useEnter()
  return useMutation({ mutationFn: signOut, onSuccess: () => enter(null) })
}

export const PersonContext = createContext<Person | undefined>(undefined)

/** The signed-in person, for everything inside the shell. */
export function usePerson(): Person {
  const person = useContext(PersonContext)
  if (!person) throw new Error('usePerson belongs inside the shell')
  return person
}
