import { type DowngradeRequest, DowngradeRequest_DowngradeAction } from '@waypost/protocol'
import { etcdVersion } from '../etcd-version.ts'
import { etcdError } from './error-map.ts'

/** A minor version, with or without a patch. */
const versionForm = /^\d+\.\d+(?:\.\d+(?:-[\w.-]+)?)?$/

/**
 * The cluster version that etcd answers with. Only a cancellation succeeds: no older version can read the data
 * directory, so there is no target to downgrade to, and none is ever in progress.
 */
export function answerDowngrade({ action, version }: DowngradeRequest): string {
  if (action === DowngradeRequest_DowngradeAction.CANCEL) return minor(etcdVersion.cluster)
  throw etcdError(versionForm.test(version) ? 'invalidDowngradeTarget' : 'wrongDowngradeVersionFormat')
}

/** `3.7` of `3.7.0`. */
function minor(version: string): string {
  return version.slice(0, version.lastIndexOf('.'))
}
