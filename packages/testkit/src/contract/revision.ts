import { describe, expect, it } from 'vitest'
import { op, when } from '../wire/requests.ts'
import { keysOf, kvView } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import type { ContractSuite } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { type KeyScope, keyScope } from './key-scope.ts'

/** How revisions are counted, and what a key remembers of them. */
export const revisionContract: ContractSuite = (store) => {
  describe('revisions', () => {
    it('a fresh store is at revision 1 and its first write gets 2', async () => {
      const fresh = await store().startFresh()
      try {
        expect(await currentRevision(fresh.wire)).toBe(1n)
        expect(revisionOf(await fresh.wire.put('a', '1'))).toBe(2n)
        expect(await currentRevision(fresh.wire)).toBe(2n)
      } finally {
        await fresh.close()
      }
    })

    it('each mutating request takes the next revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '1'))
      expect(revisionOf(await wire.put(key('a'), '1'))).toBe(first + 1n)
      expect(revisionOf(await wire.put(key('b'), '1'))).toBe(first + 2n)
      expect(revisionOf(await wire.delete(key.all, { end: key.end }))).toBe(first + 3n)
      const written = await wire.txn({ success: [op.put(key('c'), '1'), op.put(key('d'), '1'), op.delete(key('e'))] })
      expect(revisionOf(written)).toBe(first + 4n)
    })

    it('the keys of one transaction share its revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const revision = revisionOf(await wire.txn({ success: [op.put(key('b'), '1'), op.put(key('a'), '1')] }))
      const { kvs } = await wire.range(key.all, { end: key.end })
      expect(keysOf(kvs)).toEqual([key('a'), key('b')])
      for (const kv of kvs) expect([kv.createRevision, kv.modRevision]).toEqual([revision, revision])
    })

    const harmless: Record<string, (wire: Wire, key: KeyScope) => Promise<unknown>> = {
      'a range': (wire, key) => wire.range(key('a')),
      'an empty transaction': (wire) => wire.txn({}),
      'a transaction that only reads': (wire, key) => wire.txn({ success: [op.range(key('a'))] }),
      'a transaction whose taken branch is empty': (wire, key) =>
        wire.txn({ compare: [when.version(key('a'), '=', 99n)], success: [op.put(key('a'), '2')] }),
      'deleting nothing': (wire, key) => wire.delete(key('absent')),
      'deleting nothing in a transaction': (wire, key) => wire.txn({ success: [op.delete(key('absent'))] }),
      'a lease grant': (wire) => wire.grant(60n),
      'the revocation of a lease without keys': async (wire) => wire.revoke((await wire.grant(60n)).id),
      'a put that fails': (wire, key) => wire.put(key('a'), '1', { lease: 12345n }).catch(() => {}),
      'a transaction that fails half-way': (wire, key) =>
        wire.txn({ success: [op.put(key('a'), '2'), op.put(key('b'), '2', { lease: 12345n })] }).catch(() => {}),
      'a compaction': async (wire) => wire.compact(await currentRevision(wire)),
    }
    for (const [what, act] of Object.entries(harmless)) {
      it(`${what} does not move the revision`, async () => {
        const { wire } = store()
        const key = keyScope()
        const before = revisionOf(await wire.put(key('a'), '1'))
        await act(wire, key)
        expect(await currentRevision(wire)).toBe(before)
        expect((await wire.range(key('a'))).kvs.map((kv) => kv.version)).toEqual([1n])
      })
    }

    it('a created key has create = mod = revision and version 1', async () => {
      const { wire } = store()
      const key = keyScope()
      const revision = revisionOf(await wire.put(key('a'), '1'))
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map(kvView)).toEqual([
        { key: key('a'), value: '1', create: revision, mod: revision, version: 1n, lease: 0n },
      ])
    })

    it('a change keeps the create revision, moves the mod revision and counts the version', async () => {
      const { wire } = store()
      const key = keyScope()
      const create = revisionOf(await wire.put(key('a'), '1'))
      const mod = revisionOf(await wire.put(key('a'), '2'))
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map(kvView)).toEqual([{ key: key('a'), value: '2', create, mod, version: 2n, lease: 0n }])
    })

    it('a re-created key starts over', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      await wire.put(key('a'), '2')
      await wire.delete(key('a'))
      const revision = revisionOf(await wire.put(key('a'), '3'))
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map(kvView)).toEqual([
        { key: key('a'), value: '3', create: revision, mod: revision, version: 1n, lease: 0n },
      ])
    })

    it('a deletion leaves a tombstone: the key is there before its revision and gone at it', async () => {
      const { wire } = store()
      const key = keyScope()
      const put = revisionOf(await wire.put(key('a'), '1'))
      const deleted = revisionOf(await wire.delete(key('a')))
      expect((await wire.range(key('a'), { revision: put })).count).toBe(1n)
      expect((await wire.range(key('a'), { revision: deleted })).count).toBe(0n)
    })
  })
}
