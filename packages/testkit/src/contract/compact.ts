import { describe, expect, it } from 'vitest'
import { eventView, valuesOf } from '../wire/view.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

/** What a compaction forgets, and what it must keep. */
export const compactContract: ContractSuite = (store) => {
  describe('Compact', () => {
    it('a first compaction at 0 passes, a second one is refused', async () => {
      const fresh = await store().startFresh()
      try {
        await fresh.wire.put('a', '1')
        expect(revisionOf(await fresh.wire.compact(0n))).toBe(2n)
        await refused.compacted(fresh.wire.compact(0n))
        await fresh.wire.compact(1n)
      } finally {
        await fresh.close()
      }
    })

    it('at or below the compacted revision is refused', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '1'))
      const second = revisionOf(await wire.put(key('a'), '2'))
      await wire.compact(second)
      await refused.compacted(wire.compact(second))
      await refused.compacted(wire.compact(first))
      await refused.compacted(wire.compact(0n))
      await refused.compacted(wire.compact(-1n))
    })

    it('above the current revision is refused', async () => {
      const { wire } = store()
      const current = revisionOf(await wire.put(keyScope()('a'), '1'))
      await refused.futureRevision(wire.compact(current + 1n))
    })

    it('answers with the current revision and does not move it', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      const current = revisionOf(await wire.put(key('a'), '2'))
      expect(revisionOf(await wire.compact(old))).toBe(current)
      expect(await currentRevision(wire)).toBe(current)
    })

    it('keeps the newest version of each key at or below the revision, and all above', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), 'a1')
      await wire.put(key('a'), 'a2')
      const compacted = revisionOf(await wire.put(key('b'), 'b1'))
      await wire.put(key('a'), 'a3')
      await wire.compact(compacted, { physical: true })
      const at = async (revision: bigint): Promise<string[]> =>
        valuesOf((await wire.range(key.all, { end: key.end, revision })).kvs)
      expect(await at(compacted)).toEqual(['a2', 'b1'])
      expect(await at(compacted + 1n)).toEqual(['a3', 'b1'])
      expect(await at(0n)).toEqual(['a3', 'b1'])
    })

    it('forgets a key that was deleted before, and keeps one re-created since', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const name of ['gone', 'back']) await wire.put(key(name), 'old')
      for (const name of ['gone', 'back']) await wire.delete(key(name))
      const create = revisionOf(await wire.put(key('back'), 'new'))
      await wire.compact(create, { physical: true })
      const { kvs } = await wire.range(key.all, { end: key.end, revision: create })
      expect(kvs.map((kv) => [kv.createRevision, kv.version])).toEqual([[create, 1n]])
      expect(valuesOf(kvs)).toEqual(['new'])
    })

    it('physical answers only once it is done', async () => {
      const { wire } = store()
      const key = keyScope()
      for (let version = 0; version < 50; version++) await wire.put(key('a'), `${version}`)
      const current = await currentRevision(wire)
      await wire.compact(current, { physical: true })
      await refused.compacted(wire.range(key('a'), { revision: current - 1n }))
      expect(valuesOf((await wire.range(key('a'))).kvs)).toEqual(['49'])
    })

    it('keeps a tombstone exactly at the revision', async (context) => {
      notLike34(context, store(), 'tombstone')
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const deleted = revisionOf(await wire.delete(key('a')))
      await wire.compact(deleted, { physical: true })
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: deleted })
      const { events } = await watch.next()
      expect(events.map(eventView).map((event) => [event.type, event.kv?.mod])).toEqual([['DELETE', deleted]])
      await watch.close()
    })

    it('does not touch versions, leases or create revisions', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      const create = revisionOf(await wire.put(key('a'), '1'))
      const mod = revisionOf(await wire.put(key('a'), '2', { lease: id }))
      await wire.compact(mod, { physical: true })
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map((kv) => [kv.createRevision, kv.modRevision, kv.version, kv.lease])).toEqual([
        [create, mod, 2n, id],
      ])
      const next = revisionOf(await wire.put(key('a'), '3', { ignoreLease: true }))
      const after = await wire.range(key('a'))
      expect(after.kvs.map((kv) => [kv.createRevision, kv.modRevision, kv.version, kv.lease])).toEqual([
        [create, next, 3n, id],
      ])
    })
  })
}
