import {
  AlarmRequest,
  AlarmRequest_AlarmAction,
  AlarmType,
  Auth,
  Cluster,
  DefragmentRequest,
  Maintenance,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InboxStream } from '../wire/inbox-stream.ts'
import { op, when } from '../wire/requests.ts'
import { eventView, text } from '../wire/view.ts'
import type { WatchStream } from '../wire/watch-stream.ts'
import type { Wire } from '../wire/wire.ts'
import { AuthAdmin } from './auth-admin.ts'
import { type ContractStore, type ContractSuite, notLike34, onlyDurable } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { expectRefusal, refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

/** The revisions of the next events, as many as asked for. */
async function revisionsOf(watch: WatchStream, count: number): Promise<bigint[]> {
  const revisions: bigint[] = []
  while (revisions.length < count)
    for (const { kv } of (await watch.next()).events) revisions.push(kv?.modRevision ?? 0n)
  return revisions
}

/** Mistakes that were made in etcd itself, and by reimplementations of its API: each by its name. */
export const regressionsContract: ContractSuite = (store) => {
  describe('Mistakes of others: the API', () => {
    it('a lease id that is the TTL', async () => {
      const { wire } = store()
      const leases = [await wire.grant(600n), await wire.grant(600n)]
      expect(new Set([600n, ...leases.map(({ id }) => id)]).size).toBe(3)
      for (const { id } of leases) await wire.revoke(id)
    })

    it('only the shapes of transaction that one client uses', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const { succeeded, responses } = await wire.txn({
        compare: [
          when.version(key('a'), '=', 1n),
          when.value(key('a'), '>', '0'),
          when.create(key('b'), '<', 1n),
          when.lease(key('a'), '!=', 1n),
        ],
        success: [
          op.delete(key('a'), { prevKv: true }),
          op.txn({ compare: [when.mod(key('b'), '>', 0n)], success: [op.put(key('no'))], failure: [op.put(key('b'))] }),
          op.range(key.all, { end: key.end, keysOnly: true }),
        ],
        failure: [op.put(key('no'))],
      })
      const [deleted, nested, range] = responses
      expect(succeeded).toBe(true)
      expect(deleted?.responseDeleteRange?.prevKvs.map((kv) => text(kv.value))).toEqual(['1'])
      expect(nested?.responseTxn?.succeeded).toBe(false)
      expect(range?.responseRange?.kvs.map((kv) => text(kv.key))).toEqual([key('b')])
    })

    it('progress that is suppressed because others write', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('quiet'))
      for (let round = 0; round < 5; round++) {
        const written = revisionOf(await wire.put(key('busy'), `${round}`))
        watch.requestProgress()
        const answer = await watch.next()
        expect([answer.watchId, answer.events]).toEqual([-1n, []])
        expect(revisionOf(answer)).toBeGreaterThanOrEqual(written)
      }
      await watch.close()
    })

    it('revisions that are given before the order is: events are lost, or wait forever', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end })
      const writes = Array.from({ length: 300 }, (_, n) =>
        n % 7 === 0
          ? wire.put('', '').catch(() => undefined)
          : n % 5 === 0
            ? wire.txn({ success: [op.put(key(`${n}`))] })
            : wire.put(key(`${n}`)),
      )
      const written = (await Promise.all(writes)).flatMap((answer) => (answer ? [revisionOf(answer)] : []))
      const sorted = [...written].sort((a, b) => (a < b ? -1 : 1))
      expect(await revisionsOf(watch, written.length)).toEqual(sorted)
      expect((sorted.at(-1) ?? 0n) - (sorted[0] ?? 0n)).toBe(BigInt(written.length - 1))
      await watch.close()
    })

    it('compacted and future taken for each other, or for nothing there', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      const compacted = revisionOf(await wire.put(key('a'), '2'))
      await wire.compact(compacted, { physical: true })
      const future = (await currentRevision(wire)) + 1n
      for (const name of [key('a'), key('never')]) {
        await refused.compacted(wire.range(name, { revision: old }))
        await refused.futureRevision(wire.range(name, { revision: future }))
        await refused.compacted(wire.txn({ success: [op.range(name, { revision: old })] }))
        await refused.futureRevision(wire.txn({ success: [op.range(name, { revision: future })] }))
      }
      await refused.compacted(wire.compact(compacted))
      await refused.futureRevision(wire.compact(future))
    })

    it('a watch at the compacted revision refused', async () => {
      const { wire } = store()
      const key = keyScope()
      const compacted = revisionOf(await wire.put(key('a')))
      await wire.compact(compacted, { physical: true })
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: compacted })
      expect(await revisionsOf(watch, 1)).toEqual([compacted])
      await watch.close()
    })
  })

  describe('Mistakes of others: etcd', () => {
    it('14685: a defragmentation loses what is written meanwhile', async () => {
      const { wire } = store()
      const key = keyScope()
      const writes = Array.from({ length: 200 }, (_, n) => wire.put(key(`${n}`)))
      const defragmented = wire.call(Maintenance.defragment, DefragmentRequest.create({}))
      await Promise.all([...writes, defragmented])
      expect((await wire.range(key.all, { end: key.end })).count).toBe(200n)
    })

    it('17529: a watch starves beside large answers on its connection, and misses events', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('large'), 'x'.repeat(1_000_000))
      const watch = wire.watch()
      await watch.create(key('small'))
      const reads = Array.from({ length: 40 }, () => wire.range(key('large')))
      const written: bigint[] = []
      for (let n = 0; n < 50; n++) written.push(revisionOf(await wire.put(key('small'), `${n}`)))
      expect(await revisionsOf(watch, 50)).toEqual(written)
      await Promise.all(reads)
      await watch.close()
    })

    it('17780: the revision goes back when the newest of it is compacted and the store is restarted', async (context) => {
      onlyDurable(context, store())
      const own = await store().startFresh()
      try {
        await own.wire.put('a', '1')
        const newest = revisionOf(await own.wire.delete('a'))
        await own.wire.compact(newest, { physical: true })
        await own.restart?.()
        expect(await currentRevision(own.wire)).toBe(newest)
        expect(revisionOf(await own.wire.put('b'))).toBe(newest + 1n)
      } finally {
        await own.close()
      }
    })

    it('18089, 19179: the event of a deletion is lost by compacting on it', async (context) => {
      notLike34(context, store(), 'tombstone')
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const deleted = revisionOf(await wire.delete(key('a')))
      const next = revisionOf(await wire.put(key('a'), '2'))
      await wire.compact(deleted, { physical: true })
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: deleted })
      const { events } = await watch.next()
      const { events: later } = events.length > 1 ? { events: [] } : await watch.next()
      expect([...events, ...later].map(eventView).map((event) => [event.type, event.kv?.mod])).toEqual([
        ['DELETE', deleted],
        ['PUT', next],
      ])
      await watch.close()
    })
  })

  describe('Mistakes of others: security', () => {
    let own: ContractStore
    let token: string
    let user: Wire

    beforeAll(async () => {
      own = await store().startFresh()
      const admin = new AuthAdmin(await new AuthAdmin(own.wire).enableWithRoot('guang'))
      await admin.addUser('ann', 'pass')
      await admin.addRole('ann')
      await admin.grantRole('ann', 'ann')
      await admin.grant('ann', 'readwrite', 'mine')
      await admin.grant('ann', 'read', '\0', '\x01')
      await admin.wire.put('secret', '1')
      token = (await new AuthAdmin(own.wire).authenticate('ann', 'pass')).token
      user = own.wire.withToken(token)
    })
    afterAll(async () => {
      await own?.close()
    })

    const denied = (call: Promise<unknown>): Promise<void> =>
      expectRefusal(call, StatusCode.PERMISSION_DENIED, 'etcdserver: permission denied')
    const nobody = (call: Promise<unknown>): Promise<void> =>
      expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: user name is empty')

    it('CVE-2026-33343: nested transactions bypass permissions', async (context) => {
      notLike34(context, own, 'txnGuards')
      for (const forbidden of [
        op.range('secret'),
        op.put('secret', '2'),
        op.delete('secret'),
        op.txn({ compare: [when.value('secret', '=', '1')] }),
      ]) {
        for (const branch of ['success', 'failure'] as const) {
          await denied(user.txn({ [branch]: [op.txn({ [branch]: [forbidden] })] }))
          await denied(user.txn({ success: [op.put('mine', '1')], failure: [op.txn({ [branch]: [forbidden] })] }))
        }
      }
      expect((await user.range('mine')).count).toBe(0n)
    })

    it('CVE-2026-33413: endpoints that nobody guards', async (context) => {
      notLike34(context, own, 'openEndpoints')
      const { wire } = own
      const raise = AlarmRequest.create({ action: AlarmRequest_AlarmAction.ACTIVATE, alarm: AlarmType.NOSPACE })
      for (const [by, metadata, refuse] of [
        [wire, {}, nobody],
        [user, { token }, denied],
      ] as const) {
        await refuse(by.compact(1n))
        await refuse(by.call(Maintenance.alarm, raise))
        const { userList, roleList, authEnable, authDisable } = Auth
        for (const method of [userList, roleList, authEnable, authDisable]) await refuse(by.call(method, {}))
        const { defragment, hash, hashKV } = Maintenance
        await refuse(by.call(defragment, {}))
        await refuse(by.call(hash, {}))
        await refuse(by.call(hashKV, { revision: 0n }))
        await refuse(by.call(Maintenance.moveLeader, { targetId: 5n }))
        await refuse(by.call(Maintenance.downgrade, { action: 0, version: '3.4.0' }))
        const peerUrls = ['http://127.0.0.1:9']
        await refuse(by.call(Cluster.memberAdd, { peerUrls, isLearner: false }))
        await refuse(by.call(Cluster.memberUpdate, { id: 5n, peerUrls }))
        await refuse(by.call(Cluster.memberRemove, { id: 5n }))
        await refuse(by.call(Cluster.memberPromote, { id: 5n }))
        const snapshot = new InboxStream(by.connection, Maintenance.snapshot, metadata)
        snapshot.send({})
        snapshot.closeSend()
        await refuse(snapshot.ended.then((error) => Promise.reject(error)))
      }
      await nobody(wire.leases())
      await nobody(wire.grant(60n))
      await nobody(wire.timeToLive(1n, { keys: true }))
      await nobody(wire.call(Maintenance.status, {}))
      await nobody(wire.call(Cluster.memberList, { linearizable: true }))
    })

    it('GHSA-xg4h-6gfc-h4m8: a watch is checked for another range than it watches', async (context) => {
      notLike34(context, own, 'watchGuard')
      const watch = user.watch()
      for (const start of ['', '\0']) {
        const answer = await watch.create(start, { end: '\0' })
        expect([answer.watchId, answer.canceled, answer.cancelReason]).toEqual([
          -1n,
          true,
          'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
        ])
      }
      await watch.close()
    })
  })
}
