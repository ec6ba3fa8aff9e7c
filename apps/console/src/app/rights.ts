import { useOperation } from '../api/use-operation.ts'
import { useSession } from './session.ts'

/**
 * The permission that the user lacks for a key, or for every key below it when it ends in a slash; `undefined` when they
 * have it, or when nobody knows: then the store says so when it is tried.
 */
export function useLacks(access: 'read' | 'write', key: string): string | undefined {
  const { data: session } = useSession()
  const user = session?.user
  const { data } = useOperation(
    'access.may',
    user === undefined ? undefined : { query: { user, key, prefix: key.endsWith('/') } },
  )
  return data === undefined || data[access].isAllowed ? undefined : `${access} ${key}`
}
