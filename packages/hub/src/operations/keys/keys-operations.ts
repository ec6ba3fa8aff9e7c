import type { Operation } from '../../operation/operation.ts'
import { listLeases, readLease, revokeLease } from './leases.ts'
import { listKeys } from './list-keys.ts'
import { readKey, readKeyHistory } from './read-key.ts'
import { watchKeys } from './watch-keys.ts'
import { deleteKey, deletePrefix, putKey } from './write-key.ts'

/** Operations on raw keys and leases. */
export const keysOperations: readonly Operation[] = [
  listKeys,
  readKey,
  readKeyHistory,
  watchKeys,
  putKey,
  deleteKey,
  deletePrefix,
  listLeases,
  readLease,
  revokeLease,
]
