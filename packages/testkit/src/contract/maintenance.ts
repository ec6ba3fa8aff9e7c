import {
  AlarmRequest,
  AlarmRequest_AlarmAction,
  AlarmType,
  HashKVRequest,
  type HashKVResponse,
  Maintenance,
  StatusRequest,
} from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { op } from '../wire/requests.ts'
import { type ContractStore, type ContractSuite, notLike34 } from './contract-store.ts'
import { revisionOf } from './current-revision.ts'
import { expectRefusal, refused } from './expect-refusal.ts'

const { ACTIVATE, DEACTIVATE, GET } = AlarmRequest_AlarmAction
const { NOSPACE, CORRUPT, NONE } = AlarmType
const noSpace = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, StatusCode.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded')
const corrupt = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, StatusCode.DATA_LOSS, 'etcdserver: corrupt cluster')

/** Hashes and alarms, each test on a store of its own. */
export const maintenanceContract: ContractSuite = (store) => {
  // Inside a block of its own: hooks outside would run for the tests of all other suites too.
  describe('Maintenance', () => {
    let own: ContractStore
    beforeEach(async () => {
      own = await store().startFresh()
    })
    afterEach(async () => {
      await own.close()
    })
    const hashKv = (revision = 0n): Promise<HashKVResponse> =>
      own.wire.call(Maintenance.hashKV, HashKVRequest.create({ revision }))
    const alarm = async (action: number, type: number, memberId = 0n): Promise<string[]> => {
      const { alarms } = await own.wire.call(Maintenance.alarm, AlarmRequest.create({ action, memberId, alarm: type }))
      return alarms.map((member) => `${member.memberId} ${member.alarm}`)
    }

    describe('HashKV', () => {
      it('of the same history is the same everywhere', async () => {
        const { wire } = own
        expect(await hashKv()).toMatchObject({ hash: 1084519789, compactRevision: -1n })
        await wire.put('a', '1')
        await wire.put('b', '1')
        await wire.delete('a')
        await wire.put('c', '1')
        expect(await hashKv()).toMatchObject({ hash: 2652966416, compactRevision: -1n, header: { revision: 5n } })
        expect(await hashKv(4n)).toMatchObject({ hash: 3105699308 })
        expect(await hashKv(-1n)).toMatchObject({ hash: 1084519789 })
      })

      it('counts no more than what is left after a compaction', async (context) => {
        notLike34(context, store(), 'hashAtCompacted')
        const { wire } = own
        await wire.put('a', '1')
        await wire.put('b', '1')
        await wire.delete('a')
        await wire.put('c', '1')
        const before = await hashKv(4n)
        await wire.compact(3n, { physical: true })
        expect(await hashKv(4n)).toMatchObject({ hash: 3397199720, compactRevision: 3n })
        expect(before.hash).not.toBe(3397199720)
        // etcd answers with the hash that the compaction itself took, until it restarts: only the revision is one.
        expect(await hashKv(3n)).toMatchObject({ hashRevision: 3n })
        await refused.compacted(hashKv(1n))
        await refused.futureRevision(hashKv(6n))
      })

      it('tells transactions, leases and versions apart', async () => {
        const { wire } = own
        await wire.grant(600n, 77n)
        const hashes = new Set<number>()
        const steps = [
          () => wire.put('a', '1'),
          () => wire.put('a', '1'),
          () => wire.put('a', '1', { lease: 77n }),
          () => wire.txn({ success: [op.put('b', '1'), op.delete('a')] }),
          () => wire.txn({ success: [op.delete('b'), op.put('a', '1')] }),
        ]
        for (const step of steps) {
          await step()
          hashes.add((await hashKv()).hash)
        }
        expect([...hashes]).toEqual([2587454935, 213263650, 3744793376, 235588215, 2079247094])
      })
    })

    describe('Alarm', () => {
      it('lists what is raised, by type or all, and disarms it once', async () => {
        expect(await alarm(GET, NONE)).toEqual([])
        expect(await alarm(ACTIVATE, NOSPACE, 5n)).toEqual(['5 1'])
        expect(await alarm(ACTIVATE, NOSPACE, 5n)).toEqual(['5 1'])
        expect(await alarm(GET, NONE)).toEqual(['5 1'])
        expect(await alarm(GET, NOSPACE)).toEqual(['5 1'])
        expect(await alarm(GET, CORRUPT)).toEqual([])
        expect(await alarm(DEACTIVATE, NOSPACE, 6n)).toEqual([])
        expect(await alarm(DEACTIVATE, NOSPACE, 5n)).toEqual(['5 1'])
        expect(await alarm(DEACTIVATE, NOSPACE, 5n)).toEqual([])
        expect(await alarm(GET, NONE)).toEqual([])
      })

      it('NOSPACE refuses whatever puts, and nothing else', async () => {
        const { wire } = own
        await wire.put('a', '1')
        await alarm(ACTIVATE, NOSPACE, 5n)
        await noSpace(wire.put('a', '2'))
        await noSpace(wire.grant(60n))
        await noSpace(wire.txn({ success: [op.put('a', '2')] }))
        await noSpace(wire.txn({ success: [op.range('a')], failure: [op.put('a', '2')] }))
        await wire.txn({ success: [op.range('a'), op.delete('b')] })
        expect((await wire.range('a')).kvs).toHaveLength(1)
        const revision = revisionOf(await wire.delete('a'))
        await wire.compact(revision)
        await alarm(DEACTIVATE, NOSPACE, 5n)
        await wire.put('a', '2')
      })

      it('CORRUPT refuses every write', async () => {
        const { wire } = own
        await wire.put('a', '1')
        await alarm(ACTIVATE, CORRUPT, 5n)
        await corrupt(wire.put('a', '2'))
        await corrupt(wire.delete('a'))
        await corrupt(wire.txn({ success: [op.delete('a')] }))
        await corrupt(wire.compact(2n))
        await corrupt(wire.grant(60n))
        expect((await wire.range('a')).kvs).toHaveLength(1)
        await alarm(DEACTIVATE, CORRUPT, 5n)
        await wire.delete('a')
      })

      it('is shown by Status, and is still raised after a restart', async () => {
        await alarm(ACTIVATE, NOSPACE, 5n)
        // An etcd with an alarm never calls itself healthy, which is what a restart waits for.
        if (own.flavour.startsWith('embedded')) await own.restart?.()
        const { errors } = await own.wire.call(Maintenance.status, StatusRequest.create({}))
        // Go's protobuf library varies the spaces from build to build.
        expect(errors.map((text) => text.trim().split(/ +/))).toEqual([['memberID:5', 'alarm:NOSPACE']])
        await noSpace(own.wire.put('a', '2'))
      })
    })
  })
}
