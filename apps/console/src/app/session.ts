import { useQuery, useQueryClient } from '@tanstack/react-query'
import { call, setCsrfToken } from '../api/call.ts'

const sessionKey = ['hub.session']

/** Who is logged in. The error `unauthenticated` means that the store asks for a login. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async ({ signal }) => {
      const session = await call('hub.session', {}, signal)
      setCsrfToken(session.csrfToken)
      return session
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
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
