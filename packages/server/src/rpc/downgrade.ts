import { type DowngradeRequest, DowngradeRequest_DowngradeAction } from '@waypost/protocol'
import type { RpcError } from '@waypost/rpc/server'
import { etcdError } from './error-map.ts'

/** A minor version, with or without a patch. */
const versionForm = /^\d+\.\d+(?:\.\d+(?:-[\w.-]+)?)?$/

/** Why there is no downgrade: no other version could take these data over, and so none is ever under way. */
export function downgradeRefusal({ action, version }: DowngradeRequest): RpcError {
  if (action === DowngradeRequest_DowngradeAction.CANCEL) return etcdError('noInflightDowngrade')
  return etcdError(versionForm.test(version) ? 'invalidDowngradeTarget' : 'wrongDowngradeVersionFormat')
}
