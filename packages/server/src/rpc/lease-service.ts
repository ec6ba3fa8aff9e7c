import {
  Lease,
  LeaseGrantResponse,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
} from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode, unary } from '@waypost/rpc/server'
import type { Engine } from '../apply/engine.ts'
import type { Access } from '../auth/access.ts'
import { versionedStream } from './client-version.ts'
import { toRpcError, translated } from './error-map.ts'
import type { Headers } from './header.ts'

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
        const lease = engine.leases.timeToLive(request.id)
        const header = headers.of()
        if (!lease) return LeaseTimeToLiveResponse.create({ header, id: request.id, ttl: -1n })
        return LeaseTimeToLiveResponse.create({
          header,
          id: request.id,
          ttl: BigInt(lease.ttlSeconds),
          grantedTtl: BigInt(lease.grantedTtlSeconds),
          keys: request.keys ? lease.keys.map((key) => Buffer.from(key, 'latin1')) : [],
        })
      }),
    ),
    unary(
      Lease.leaseLeases,
      translated((_request, call) => {
        access.requireLogin(call)
        const ids = engine.leases.list()
        for (const id of ids) access.restrictedOnLease(call, id)?.requireLeaseRead(id)
        return LeaseLeasesResponse.create({ header: headers.of(), leases: ids.map((id) => ({ id })) })
      }),
    ),
    versionedStream(Lease.leaseKeepAlive, (call) => keepAlive(call, engine, access, headers)),
  ]
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
