import type { EtcdClient } from '@waypost/client'
import { coverOf, permissionsOf } from '@waypost/config/admin'
import type { CallOptions } from '@waypost/core'
import type { TimelineEvent } from './event.ts'

/**
 * Which keys a user may read, as the store's roles say. `undefined` for the user stands for a store that asks nobody to
 * log in. Users may look at their own roles.
 */
export async function readableKeys(
  etcd: EtcdClient,
  user: string | undefined,
  options: CallOptions,
): Promise<(key: string) => boolean> {
  if (user === undefined) return () => true
  const { isRoot, held } = await permissionsOf(etcd, user, options)
  if (isRoot) return () => true
  return (key) => coverOf({ type: 'read', key, isPrefix: false }, held, etcd.namespace) !== undefined
}

/** Whether an event may be shown to who may read these keys. What the recording says of itself is no secret. */
export function mayShow(event: TimelineEvent, mayRead: (key: string) => boolean): boolean {
  return event.kind.startsWith('timeline.') || mayRead(event.key)
}
