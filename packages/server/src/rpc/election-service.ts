import { Election, type KeyValue, type LeaderKey, type LeaderRequest, type LeaderResponse } from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode, unary } from '@waypost/rpc/server'
import type { MvccEvent } from '../mvcc/event.ts'
import { leavePlace, queuePrefix, writePlace } from '../queues/queue-requests.ts'
import type { Place, Queues } from '../queues/queues.ts'
import { versionedStream } from './client-version.ts'
import type { Headers } from './header.ts'
import { asLockClientError, clientError } from './lock-client-error.ts'
import { checkTxn } from './validate.ts'

/** Bytes of answers that may wait on a stream before only the latest leader is told, once there is room. */
const highWaterBytes = 64 * 1024

export function electionHandlers(queues: Queues, headers: Headers): RpcHandler[] {
  return [
    unary(
      Election.campaign,
      asLockClientError(async ({ name, lease, value }, call) => {
        const place = await queues.join(call, name, lease, value)
        const { key, createRevision } = place
        if (place.foundValue !== undefined && !Buffer.from(place.foundValue).equals(value)) {
          const { succeeded } = await queues.write(call, writePlace(key, createRevision, value, place.lease))
          if (!succeeded) throw notLeader()
        }
        await queues.turn(place, call.signal)
        if (!queues.holds(place)) throw notLeader()
        return { header: headers.of(place.revision), leader: leaderKey(name, place) }
      }),
    ),
    unary(
      Election.proclaim,
      asLockClientError(async ({ leader, value }, call) => {
        const { key, rev, lease } = required(leader)
        const txn = writePlace(key, rev, value, await queues.session(call, lease))
        checkTxn(txn)
        const { revision, succeeded } = await queues.write(call, txn)
        if (!succeeded) throw notLeader()
        return { header: headers.of(revision) }
      }),
    ),
    unary(
      Election.leader,
      asLockClientError(async ({ name }, call) => {
        const kv = queues.first(call, name)
        if (!kv) throw new RpcError(StatusCode.UNKNOWN, 'election: no leader')
        return { header: headers.of(), kv }
      }),
    ),
    unary(
      Election.resign,
      asLockClientError(async ({ leader }, call) => {
        const { key, rev } = required(leader)
        const txn = leavePlace(key, rev)
        checkTxn(txn)
        const { revision } = await queues.write(call, txn)
        return { header: headers.of(revision) }
      }),
    ),
    versionedStream(Election.observe, (call) => {
      call.onMessage((request) => observe(request, call, queues, headers))
    }),
  ]
}

/** Tells of the leader there is, and from then on of every new one and every new value. */
function observe(
  { name }: LeaderRequest,
  call: ServerStream<LeaderRequest, LeaderResponse>,
  queues: Queues,
  headers: Headers,
): void {
  let told: KeyValue | undefined
  const tell = (): void => {
    if (call.writableBytes > highWaterBytes) return
    const leader = queues.first(call, name)
    if (leader && !isSame(leader, told)) call.send({ header: headers.of(), kv: leader })
    told = leader
  }
  const attempt = (): void => {
    try {
      tell()
    } catch (error) {
      const status = clientError(error)
      call.end(RpcError.is(status) ? status : new RpcError(StatusCode.INTERNAL, 'internal error', { cause: error }))
    }
  }
  const onChange = (event: MvccEvent): void => {
    // Only the leader's own key, or the first one that comes when there is none, says something new.
    if (told === undefined || event.key === Buffer.from(told.key).toString('latin1')) attempt()
  }
  const stop = queues.changes.add(queuePrefix(name).toString('latin1'), onChange)
  call.onClose(stop)
  call.onDrain(attempt)
  attempt()
}

function isSame(kv: KeyValue, other: KeyValue | undefined): boolean {
  return kv.modRevision === other?.modRevision && Buffer.from(kv.key).equals(other.key)
}

function leaderKey(name: Uint8Array, { key, createRevision, lease }: Place): LeaderKey {
  return { name, key, rev: createRevision, lease }
}

function required(leader: LeaderKey | undefined): LeaderKey {
  if (!leader) throw new RpcError(StatusCode.UNKNOWN, '"leader" field must be provided')
  return leader
}

function notLeader(): RpcError {
  return new RpcError(StatusCode.UNKNOWN, 'election: not leader')
}
