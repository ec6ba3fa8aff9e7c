import { WaypostError } from '@waypost/core'
import type { WatchResponse } from '@waypost/protocol'
import { asksForLogin, codeOfMessage } from '../link/errors.ts'

/**
 * Why the store ended or refused a watch, and what to do:
 * - `over`: nothing cures it;
 * - `refused`: perhaps another login does;
 * - `later`: the member cannot serve at present.
 */
export type Cancellation =
  | { readonly kind: 'over' | 'refused'; readonly error: WaypostError }
  | { readonly kind: 'later' }

/** @param neededRevision the first revision that the watch still has to deliver */
export function readCancellation(response: WatchResponse, neededRevision: bigint, endpoint: string): Cancellation {
  const { compactRevision } = response
  // It shared the watch with one that needed more.
  if (compactRevision > 0n && neededRevision >= compactRevision) return { kind: 'later' }
  if (compactRevision > 0n) {
    const message = `The watch needs revision ${neededRevision}, but the store has compacted everything before ${compactRevision}.`
    const details = { compactRevision, revision: neededRevision }
    return { kind: 'over', error: new WaypostError('compacted', message, { endpoint, details }) }
  }
  const reason = withoutFrame(response.cancelReason)
  if (reason === '' || /no leader|leader changed|server stopped|shutting down/i.test(reason)) return { kind: 'later' }
  const code = codeOfMessage(reason) ?? 'invalid-argument'
  const error = new WaypostError(code, `The store refused the watch: ${reason}`, { endpoint })
  // etcd 3.4 says "permission denied" also to a token that has expired.
  return { kind: asksForLogin(reason) || code === 'permission-denied' ? 'refused' : 'over', error }
}

/** `rpc error: code = PermissionDenied desc = etcdserver: permission denied` without what is put in front. */
function withoutFrame(reason: string): string {
  return /^rpc error: code = \w+ desc = (.*)$/s.exec(reason)?.[1] ?? reason
}
