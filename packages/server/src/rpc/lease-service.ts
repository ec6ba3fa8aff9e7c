import { atOnce } from '@waypost/core'
import {
  Lease,
  LeaseGrantResponse,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
  type ResponseHeader,
} from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode, unary } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { versionedStream } from './client-version.ts'
import { toRpcError, translated } from './error-map.ts'
import type { Headers } from './header.ts'
import { mergedAnswer } from './merged-answer.ts'

/** How many keys or leases are encoded before the work can be interrupted. */
const itemsPerPart = 256

/** Bytes of answers that may wait on a stream before it reads no more requests. */
const highWaterBytes = 64 * 1024

export function leaseHandlers(engine: Engine, access: Access, headers: Headers): RpcHandler[] {
  return [
    unary(
      Lease.leaseGrant,
      translated(async (request, call) => {
        await engine.quota.refusalOf('leaseGrant', request)
        access.requireLogin(call)
        const { revision, id, ttlSeconds } = await engine.propose('leaseGrant', request)
        return LeaseGrantResponse.create({ header: headers.of(revision), id, ttl: BigInt(ttlSeconds) })
      }),
    ),
    unary(
      Lease.leaseRevoke,
      translated(async (request, call) => {
        access.restrictedOnLease(call, request.id)?.requireLeaseWrite(request.id)
        const { revision } = await engine.propose('leaseRevoke', request)
        return { header: headers.of(revision) }
      }),
    ),
    unary(
      Lease.leaseTimeToLive,
      translated((request, call) => {
        if (request.keys) access.restrictedOnLease(call, request.id)?.requireLeaseRead(request.id)
        else access.requireLogin(call)
        const { leases, slices } = engine
        const { id } = request
        const lease = leases.timeToLive(id)
        const header = headers.of()
        if (!lease) return LeaseTimeToLiveResponse.create({ header, id, ttl: -1n })
        const ttl = BigInt(lease.ttlSeconds)
        const answer = LeaseTimeToLiveResponse.create({ header, id, ttl, grantedTtl: BigInt(lease.grantedTtlSeconds) })
        if (!request.keys) return answer
        if (leases.keyCount(id) > slices.keysAtOnce)
          return mergedAnswer(slices, (add) => encodeKeys(answer, leases.sortedKeys(id), add))
        return { ...answer, keys: atOnce(leases.sortedKeys(id)).map(bytesOf) }
      }),
    ),
    unary(
      Lease.leaseLeases,
      translated((_request, call) => {
        access.requireLogin(call)
        const { leases, slices } = engine
        const header = headers.of()
        const check = (id: bigint): void => access.restrictedOnLease(call, id)?.requireLeaseRead(id)
        if (leases.count > slices.keysAtOnce)
          return mergedAnswer(slices, (add) => encodeLeases(header, leases.list(), check, add))
        const ids = atOnce(leases.list())
        for (const id of ids) check(id)
        return LeaseLeasesResponse.create({ header, leases: ids.map((id) => ({ id })) })
      }),
    ),
    versionedStream(Lease.leaseKeepAlive, (call) => keepAlive(call, engine, access, headers)),
  ]
}

function bytesOf(key: string): Buffer {
  return Buffer.from(key, 'latin1')
}

function* encodeKeys(
  answer: LeaseTimeToLiveResponse,
  sorting: Generator<void, string[]>,
  add: (part: Uint8Array) => void,
): Generator<void> {
  const keys = yield* sorting
  add(LeaseTimeToLiveResponse.encode(answer))
  for (let from = 0; from < keys.length; from += itemsPerPart) {
    const part = { keys: keys.slice(from, from + itemsPerPart).map(bytesOf) }
    add(LeaseTimeToLiveResponse.encode(LeaseTimeToLiveResponse.create(part)))
    yield
  }
}

function* encodeLeases(
  header: ResponseHeader,
  sorting: Generator<void, bigint[]>,
  check: (id: bigint) => void,
  add: (part: Uint8Array) => void,
): Generator<void> {
  const ids = yield* sorting
  add(LeaseLeasesResponse.encode(LeaseLeasesResponse.create({ header })))
  for (let from = 0; from < ids.length; from += itemsPerPart) {
    const leases = ids.slice(from, from + itemsPerPart).map((id) => ({ id }))
    for (const { id } of leases) check(id)
    add(LeaseLeasesResponse.encode(LeaseLeasesResponse.create({ leases })))
    yield
  }
}

function keepAlive(
  call: ServerStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>,
  engine: Engine,
  access: Access,
  headers: Headers,
): void {
  call.onMessage(({ id }) => {
    try {
      access.restrictedOnLease(call, id)?.requireLeaseWrite(id)
      const header = headers.of()
      call.send({ header, id, ttl: BigInt(engine.leases.keepAlive(id)) })
    } catch (error) {
      const status = toRpcError(error)
      call.end(RpcError.is(status) ? status : new RpcError(StatusCode.INTERNAL, 'internal error', { cause: error }))
      return
    }
    if (call.writableBytes > highWaterBytes) call.pause()
  })
  call.onDrain(() => call.resume())
  call.onHalfClose(() => call.end())
}
