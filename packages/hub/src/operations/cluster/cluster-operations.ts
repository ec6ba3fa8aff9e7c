import type { Operation } from '../../operation/operation.ts'
import { compactStore, defragmentStore, disarmAlarm, downloadSnapshot, restoreHelp } from './maintain.ts'
import { readCluster } from './read-cluster.ts'

/** Operations on the store's members. */
export const clusterOperations: readonly Operation[] = [
  readCluster,
  compactStore,
  defragmentStore,
  disarmAlarm,
  downloadSnapshot,
  restoreHelp,
]
