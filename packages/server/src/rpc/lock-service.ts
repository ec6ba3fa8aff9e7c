import { DeleteRangeRequest, Lock, noBytes, RequestOp, TxnRequest } from '@waypost/protocol'
import { RpcError, type RpcHandler, StatusCode, unary } from '@waypost/rpc/server'
import type { Queues } from '../queues/queues.ts'
import type { Headers } from './header.ts'
import { asLockClientError } from './lock-client-error.ts'
import { checkDeleteRange } from './validate.ts'

export function lockHandlers(queues: Queues, headers: Headers): RpcHandler[] {
  return [
    unary(
      Lock.lock,
      asLockClientError(async ({ name, lease }, call) => {
        const place = await queues.join(call, name, lease, noBytes)
        await queues.turn(place, call.signal)
        if (!queues.holds(place)) throw new RpcError(StatusCode.UNKNOWN, 'mutex: session is expired')
        return { header: headers.of(), key: place.key }
      }),
    ),
    unary(
      Lock.unlock,
      asLockClientError(async ({ key }, call) => {
        const request = DeleteRangeRequest.create({ key })
        checkDeleteRange(request)
        const success = [RequestOp.create({ requestDeleteRange: request })]
        const { revision } = await queues.write(call, TxnRequest.create({ success }))
        return { header: headers.of(revision) }
      }),
    ),
  ]
}
