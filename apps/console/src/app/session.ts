import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { call, setCsrfToken } from '../api/call.ts'
import { queryClient } from '../api/live-queries.ts'

const sessionQuery = queryOptions({
  queryKey: ['hub.session'],
  queryFn: async ({ signal }) => {
    const session = await call('hub.session', {}, signal)
    setCsrfToken(session.csrfToken)
    return session
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** Who is logged in. The error `unauthenticated` means that the store asks for a login. */
export function useSession() {
  return useQuery(sessionQuery)
}

/** Asks who is logged in before anything is drawn. */
export function readSessionAhead(): void {
  void queryClient.prefetchQuery(sessionQuery)
}

/** Both forget what was read: another user may see other things. */
export function useLogin(): {
  readonly logIn: (user: string, password: string) => Promise<void>
  readonly logOut: () => Promise<void>
} {
  const client = useQueryClient()
  return {
    logIn: async (user, password) => {
      const { csrfToken } = await call('hub.logIn', { body: { user, password } })
      setCsrfToken(csrfToken)
      await client.resetQueries()
    },
    logOut: async () => {
      await call('hub.logOut', {})
      setCsrfToken(undefined)
      await client.resetQueries()
    },
  }
}
