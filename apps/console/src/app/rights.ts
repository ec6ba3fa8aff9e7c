import { useOperation } from '../api/use-operation.ts'
import { useSession } from './session.ts'

/** In the strict mode people hold rights to ask, in place of these ranges of keys. */
const asked = [
  ['/config/', 'publish'],
  ['/waypost/config/drafts/', 'publish'],
  ['/waypost/config/canaries/', 'publish'],
  ['/waypost/services/overrides/', 'operate'],
  ['/waypost/webhooks/', 'govern'],
] as const

type Right = (typeof asked)[number][1] | 'approve'

/**
 * The permission that the user lacks for a key, or for every key below it when it ends in a slash; `undefined` when they
 * have it, or when nobody knows: then the store says so when it is tried. `right` is what the strict mode wants in its
 * place, where that is not told by the key.
 */
export function useLacks(access: 'read' | 'write', key: string, right?: Right): string | undefined {
  const { data: session } = useSession()
  const user = session?.user
  const needed = access === 'write' && session?.mode === 'strict' ? markerOf(key, right) : key
  const { data } = useOperation(
    'access.may',
    user === undefined || needed === '' ? undefined : { query: { user, key: needed, prefix: needed.endsWith('/') } },
  )
  return data === undefined || data[access].isAllowed ? undefined : `${access} ${needed}`
}

/** Whether the user lacks the role root, where the store asks for a login. */
export function useLacksRoot(): boolean {
  const { data: session } = useSession()
  const user = session?.user
  const { data } = useOperation(
    'access.may',
    user === undefined ? undefined : { query: { user, key: '/', prefix: true } },
  )
  return data !== undefined && data.write.role !== 'root'
}

function markerOf(key: string, right: Right | undefined): string {
  const found = asked.find(([prefix]) => key.startsWith(prefix))
  if (found === undefined) return key
  const [prefix, usual] = found
  return `/waypost/rights/${right ?? usual}/${key.slice(prefix.length)}`
}
