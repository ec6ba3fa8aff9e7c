import type { EtcdClient } from '@waypost/client'
import type { Clock, Deadline } from '@waypost/core'
import type { PathState } from '../history/path-state.ts'
import { commitReleases } from './release-write.ts'

/**
 * Records what somebody did to a document by hand as a release of its own. False when the document or its head has
 * changed since `state` was read: of several who notice, one records it.
 */
export async function recordExternal(
  etcd: EtcdClient,
  clock: Clock,
  state: PathState,
  deadline: Deadline,
): Promise<boolean> {
  const change = {
    path: state.path,
    kind: 'external' as const,
    bytes: state.document?.bytes,
    checksum: state.checksum,
    expectedRelease: undefined,
  }
  const meta = { action: 'external', bundle: undefined }
  return (await commitReleases(etcd, clock, [{ change, state }], meta, deadline)) !== undefined
}
