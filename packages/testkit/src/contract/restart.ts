import { describe, expect, it } from 'vitest'
import { op } from '../wire/requests.ts'
import { eventView, kvView, text } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import { type ContractSuite, onlyDurable } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { keysOnLease } from './keys-on-lease.ts'

/** Nothing shows that the store was stopped and started again. */
export const restartContract: ContractSuite = (store) => {
  describe('a restart', () => {
    it('keeps keys, versions, history, compaction, leases and who it is', async (context) => {
      onlyDurable(context, store())
      const own = await store().startFresh()
      try {
        const { wire } = own
        await wire.put('old', '1')
        const compacted = revisionOf(await wire.put('old', '2'))
        await wire.grant(10_000n, 5n)
        await wire.grant(20_000n, -6n)
        await wire.grant(30_000n, 2n ** 62n)
        await wire.put('leased/a', 'x', { lease: 5n })
        await wire.put('leased/b', 'x', { lease: -6n })
        await wire.put('leased/c', 'x', { lease: 2n ** 62n })
        await wire.put('leased/moved', 'x', { lease: 5n })
        await wire.put('leased/moved', 'y', { lease: -6n })
        await wire.compact(compacted, { physical: true })
        await wire.txn({ success: [op.put('t/1', ''), op.put('t/2', Buffer.from([0, 255])), op.delete('old')] })
        await wire.put('back', '1')
        await wire.delete('back')
        await wire.put('back', '2')
        await wire.put('back', '3')
        const before = await everything(wire, compacted)

        await own.restart?.()
        expect(await everything(own.wire, compacted)).toEqual(before)
        await refused.compacted(own.wire.range('old', { revision: compacted - 1n }))
        await refused.compacted(own.wire.compact(compacted))
        await refused.leaseExists(own.wire.grant(10n, -6n))
        expect(await keysOnLease(own.wire, 5n)).toEqual(['leased/a'])
        expect(await keysOnLease(own.wire, -6n)).toEqual(['leased/b', 'leased/moved'])
        expect(await keysOnLease(own.wire, 2n ** 62n)).toEqual(['leased/c'])

        const next = revisionOf(await own.wire.put('back', '4'))
        expect(next).toBe(before.revision + 1n)
        const { kvs } = await own.wire.range('back')
        expect(kvs.map((kv) => [kv.version, kv.createRevision])).toEqual([[3n, next - 2n]])
        expect(revisionOf(await own.wire.revoke(-6n))).toBe(next + 1n)
        expect((await own.wire.range('leased/', { end: 'leased0' })).kvs.map((kv) => text(kv.key))).toEqual([
          'leased/a',
          'leased/c',
        ])
      } finally {
        await own.close()
      }
    })
  })
}

/** What can be read of a store: now, at every revision that is kept, and as history. */
async function everything(wire: Wire, compacted: bigint) {
  const revision = await currentRevision(wire)
  const { header } = await wire.range('none')
  const states: unknown[] = []
  for (let at = compacted; at <= revision; at++) {
    states.push((await wire.range('\0', { end: '\0', revision: at })).kvs.map(kvView))
  }
  const watch = wire.watch()
  await watch.create('\0', { end: '\0', startRevision: compacted + 1n, prevKv: true })
  const history: unknown[] = []
  for (let at = 0n; at < revision; ) {
    for (const event of (await watch.next()).events) {
      history.push(eventView(event))
      at = event.kv?.modRevision ?? 0n
    }
  }
  await watch.close()
  const leases = (await wire.leases()).leases.map((lease) => lease.id)
  return { revision, clusterId: header?.clusterId, memberId: header?.memberId, states, history, leases }
}
