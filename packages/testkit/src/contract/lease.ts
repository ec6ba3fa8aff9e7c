import { setTimeout as sleep } from 'node:timers/promises'
import { LeaseKeepAliveRequest, type LeaseKeepAliveResponse } from '@waypost/protocol'
import { RpcError, StatusCode } from '@waypost/rpc'
import { describe, expect, it } from 'vitest'
import { Stopwatch } from '../stopwatch.ts'
import { op } from '../wire/requests.ts'
import { eventView, text } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import { type ContractSuite, onlyDurable } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'
import { keysOnLease } from './keys-on-lease.ts'
import { leaderOf } from './leader.ts'

const largestTtl = 9_000_000_000n
let nextId = 70_000_000n

/** An id that no other test uses. */
function freeId(): bigint {
  nextId += 1n
  return nextId
}

/** Leases that live for long: everything but their end by time. */
export const leaseContract: ContractSuite = (store) => {
  describe('LeaseGrant', () => {
    it('with id 0 chooses a positive id, another each time', async () => {
      const { wire } = store()
      const first = await wire.grant(600n)
      const second = await wire.grant(600n)
      expect([first.ttl, first.error, second.ttl]).toEqual([600n, '', 600n])
      expect(first.id).toBeGreaterThan(0n)
      expect(second.id).toBeGreaterThan(0n)
      expect(second.id).not.toBe(first.id)
    })

    it('honours the id that is asked for, a negative one too', async () => {
      const { wire } = store()
      const id = freeId()
      expect((await wire.grant(600n, id)).id).toBe(id)
      expect((await wire.grant(600n, -id)).id).toBe(-id)
      expect((await wire.timeToLive(-id)).grantedTtl).toBe(600n)
    })

    it('refuses an id in use', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      await refused.leaseExists(wire.grant(60n, id))
      expect((await wire.timeToLive(id)).grantedTtl).toBe(600n)
    })

    it('an id is free again after its revocation', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      await wire.revoke(id)
      expect((await wire.grant(60n, id)).ttl).toBe(60n)
    })

    for (const ttl of [1n, 0n, -5n]) {
      it(`a TTL of ${ttl} becomes 2`, async () => {
        const { wire } = store()
        const granted = await wire.grant(ttl)
        expect(granted.ttl).toBe(2n)
        expect((await wire.timeToLive(granted.id)).grantedTtl).toBe(2n)
      })
    }

    it(`takes a TTL of ${largestTtl} and refuses a larger one`, async () => {
      const { wire } = store()
      const granted = await wire.grant(largestTtl)
      expect(granted.ttl).toBe(largestTtl)
      await wire.revoke(granted.id)
      await refused.leaseTtlTooLarge(wire.grant(largestTtl + 1n))
    })
  })

  describe('LeaseRevoke', () => {
    it('deletes the keys of the lease in one revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      for (const letter of 'bac') await wire.put(key(letter), letter, { lease: id })
      await wire.put(key('d'), 'stays')
      const before = await currentRevision(wire)
      expect(revisionOf(await wire.revoke(id))).toBe(before + 1n)
      expect(await currentRevision(wire)).toBe(before + 1n)
      expect((await wire.range(key.all, { end: key.end })).kvs.map((kv) => text(kv.value))).toEqual(['stays'])
    })

    it('without keys does not move the revision', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      const before = await currentRevision(wire)
      expect(revisionOf(await wire.revoke(id))).toBe(before)
    })

    it('refuses a lease that does not exist', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      await wire.revoke(id)
      await refused.leaseNotFound(wire.revoke(id))
      await refused.leaseNotFound(wire.revoke(0n))
      await refused.leaseNotFound(wire.revoke(freeId()))
    })

    it('a revoked lease takes no keys', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      await wire.revoke(id)
      await refused.leaseNotFound(wire.put(keyScope()('a'), '1', { lease: id }))
    })
  })

  describe('LeaseKeepAlive', () => {
    it('renews with the granted TTL', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      expect(await wire.keepAlive(id)).toMatchObject({ id, ttl: 600n })
    })

    it('answers TTL 0 for a lease that does not exist, without ending the stream', async () => {
      const { wire } = store()
      const missing = freeId()
      const { id } = await wire.grant(600n)
      const stream = wire.keepAlives()
      for (const asked of [missing, id]) stream.send(LeaseKeepAliveRequest.create({ id: asked }))
      expect(await stream.next()).toMatchObject({ id: missing, ttl: 0n })
      expect(await stream.next()).toMatchObject({ id, ttl: 600n })
      await stream.close()
    })

    it('answers TTL 0 after a revocation', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      await wire.revoke(id)
      expect(await wire.keepAlive(id)).toMatchObject({ id, ttl: 0n })
    })

    it('answers in the order of the requests and carries the revision', async () => {
      const { wire } = store()
      const stream = wire.keepAlives()
      const ids = [(await wire.grant(100n)).id, (await wire.grant(200n)).id]
      const order = [0, 1, 1, 0].map((at) => ids[at] ?? 0n)
      for (const id of order) stream.send(LeaseKeepAliveRequest.create({ id }))
      const answers: LeaseKeepAliveResponse[] = []
      for (const _ of order) answers.push(await stream.next())
      expect(answers.map((answer) => answer.id)).toEqual(order)
      expect(answers.map((answer) => revisionOf(answer))).toEqual(order.map(() => answers[0]?.header?.revision))
      await stream.close()
    })

    it("ends with status OK after the client's half-close", async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      const stream = wire.keepAlives()
      stream.send(LeaseKeepAliveRequest.create({ id }))
      stream.closeSend()
      expect((await stream.next()).ttl).toBe(600n)
      expect(await stream.ended).toBeUndefined()
    })

    it('does not move the revision', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      const before = await currentRevision(wire)
      await wire.keepAlive(id)
      expect(await currentRevision(wire)).toBe(before)
    })
  })

  describe('LeaseTimeToLive', () => {
    it('answers TTL -1 for a lease that does not exist', async () => {
      const { wire } = store()
      const id = freeId()
      expect(await wire.timeToLive(id, { keys: true })).toMatchObject({ id, ttl: -1n, grantedTtl: 0n, keys: [] })
    })

    it('gives what remains, truncated, and what was granted', async () => {
      const { wire } = store()
      const { id } = await wire.grant(600n)
      const answer = await wire.timeToLive(id)
      expect(answer.grantedTtl).toBe(600n)
      // A moment has passed, so less than 600 whole seconds remain.
      expect(answer.ttl).toBeLessThan(600n)
      expect(answer.ttl).toBeGreaterThan(590n)
    })

    it('gives the attached keys on request', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      await wire.put(key('b'), '1', { lease: id })
      await wire.txn({ success: [op.put(key('a'), '1', { lease: id }), op.put(key('c'), '1')] })
      expect(await keysOnLease(wire, id)).toEqual([key('a'), key('b')])
      expect((await wire.timeToLive(id)).keys).toEqual([])
    })
  })

  describe('LeaseLeases', () => {
    it('lists leases sorted by expiry', async () => {
      // Only the leader of a cluster knows when leases expire.
      await using wire = await leaderOf(store().wire)
      const ids: Record<string, bigint> = {}
      for (const ttl of [5_000n, 3_000n, 4_000n]) ids[`${ttl}`] = (await wire.grant(ttl)).id
      const order = async (): Promise<bigint[]> => {
        const ours = new Set(Object.values(ids))
        return (await wire.leases()).leases.map((lease) => lease.id).filter((id) => ours.has(id))
      }
      expect(await order()).toEqual([ids['3000'], ids['4000'], ids['5000']])
      await wire.revoke(ids['4000'] ?? 0n)
      expect(await order()).toEqual([ids['3000'], ids['5000']])
    })
  })

  describe('keys on leases', () => {
    it('a transaction attaches and detaches like puts do', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id: first } = await wire.grant(600n)
      const { id: second } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: first })
      await wire.put(key('b'), '1', { lease: first })
      await wire.txn({ success: [op.put(key('a'), '2', { lease: second }), op.delete(key('b'))] })
      expect([await keysOnLease(wire, first), await keysOnLease(wire, second)]).toEqual([[], [key('a')]])
    })

    it('each revocation has its own revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id: first } = await wire.grant(600n)
      const { id: second } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: first })
      await wire.put(key('b'), '1', { lease: second })
      const revision = revisionOf(await wire.revoke(first))
      expect(revisionOf(await wire.revoke(second))).toBe(revision + 1n)
    })
  })
}

const shortTtl = 2n

/** Grants a lease and attaches keys to it; again when it ran out before, on a machine that stood still. */
async function leasing(wire: Wire, attach: (lease: bigint) => Promise<unknown>): Promise<bigint> {
  for (;;) {
    const { id } = await wire.grant(shortTtl)
    try {
      await attach(id)
      return id
    } catch (error) {
      if (!RpcError.is(error) || error.code !== StatusCode.NOT_FOUND) throw error
    }
  }
}

/** Renews a lease for two of its lives; undefined when this process stood still for one of them. */
async function renewed(wire: Wire, id: bigint): Promise<bigint[] | undefined> {
  const stream = wire.keepAlives()
  const granted: bigint[] = []
  let renewedMs = performance.now()
  while (granted.length < 8) {
    await sleep(500)
    const sentMs = performance.now()
    stream.send(LeaseKeepAliveRequest.create({ id }))
    granted.push((await stream.next()).ttl)
    if (performance.now() - renewedMs > 1_000 * Number(shortTtl)) break
    renewedMs = sentMs
  }
  await stream.close()
  return granted.length < 8 ? undefined : granted
}

/** Leases that end by time. They wait for it, so they run side by side. */
export const leaseExpiryContract: ContractSuite = (store) => {
  describe.concurrent('lease expiry', () => {
    it('deletes the keys in one revision, sorted, within moments of the TTL', async ({ expect }) => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, prevKv: true })
      const beganMs = performance.now()
      const stopwatch = new Stopwatch()
      const id = await leasing(wire, (lease) =>
        wire.txn({ success: [...'cab'].map((letter) => op.put(key(letter), letter, { lease })) }),
      )
      expect((await watch.next()).events.length).toBe(3)
      const { events } = await watch.next()
      expect(performance.now() - beganMs).toBeGreaterThan(1_900)
      expect(stopwatch.stop()).toBeLessThan(8_000)
      expect(events.map(eventView).map((event) => [event.type, event.kv?.key])).toEqual(
        ['a', 'b', 'c'].map((letter) => ['DELETE', key(letter)]),
      )
      expect(new Set(events.map((event) => event.kv?.modRevision)).size).toBe(1)
      expect(events.map((event) => event.prevKv?.lease)).toEqual([id, id, id])
      expect((await wire.timeToLive(id)).ttl).toBe(-1n)
      expect((await wire.keepAlive(id)).ttl).toBe(0n)
      await refused.leaseNotFound(wire.revoke(id))
      await watch.close()
    })

    it('has a revision for each lease', async ({ expect }) => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end })
      for (const name of ['a', 'b']) await leasing(wire, (lease) => wire.put(key(name), '', { lease }))
      const revisions = new Set<bigint | undefined>()
      for (let seen = 0; seen < 4; ) {
        const { events } = await watch.next()
        seen += events.length
        for (const event of events) if (event.type === 1) revisions.add(event.kv?.modRevision)
      }
      expect(revisions.size).toBe(2)
      await watch.close()
    })

    it('does not come while the lease is renewed', async ({ expect }) => {
      const { wire } = store()
      const key = keyScope()
      let id: bigint
      let granted: bigint[] | undefined
      do {
        id = await leasing(wire, (lease) => wire.put(key('a'), '1', { lease }))
        granted = await renewed(wire, id)
      } while (granted === undefined)
      expect(new Set(granted)).toEqual(new Set([shortTtl]))
      expect((await wire.range(key('a'))).kvs[0]?.lease).toBe(id)
      await wire.revoke(id)
    })

    it('spares a key that has left the lease', async ({ expect }) => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      let last = 0n
      await leasing(wire, async (lease) => {
        await wire.put(key('left'), '1', { lease })
        await wire.put(key('left'), '2')
        last = revisionOf(await wire.put(key('stayed'), '1', { lease }))
      })
      await watch.create(key.all, { end: key.end, startRevision: last + 1n })
      expect((await watch.next()).events.map(eventView).map((event) => event.kv?.key)).toEqual([key('stayed')])
      expect((await wire.range(key('left'))).count).toBe(1n)
      await watch.close()
    })

    it('a lease without keys goes silently, without a revision', async ({ expect }) => {
      const { wire } = store()
      const { id } = await wire.grant(shortTtl)
      await expect.poll(async () => (await wire.timeToLive(id)).ttl, { interval: 100 }).toBe(-1n)
      expect((await wire.leases()).leases.map((lease) => lease.id)).not.toContain(id)
    })

    it('a restart gives the full TTL again', async (context) => {
      const { expect } = context
      onlyDurable(context, store())
      const own = await store().startFresh()
      try {
        const { id } = await own.wire.grant(60n)
        await own.wire.put('a', '1', { lease: id })
        await sleep(1_200)
        expect((await own.wire.timeToLive(id)).ttl).toBeLessThan(59n)
        const restartMs = performance.now()
        await own.restart?.()
        const { ttl } = await own.wire.timeToLive(id)
        // Whole seconds are told, and those since the restart are its own.
        expect(1_000 * Number(ttl) + performance.now() - restartMs).toBeGreaterThanOrEqual(59_000)
        expect(await keysOnLease(own.wire, id)).toEqual(['a'])
        await own.wire.revoke(id)
        expect((await own.wire.range('a')).count).toBe(0n)
      } finally {
        await own.close()
      }
    })
  })
}
