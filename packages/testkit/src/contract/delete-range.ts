import { describe, expect, it } from 'vitest'
import { keysOf, kvView } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import type { ContractSuite } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { type KeyScope, keyScope } from './key-scope.ts'
import { keysOnLease } from './keys-on-lease.ts'

/** What a deletion takes away, and what it tells of it. */
export const deleteRangeContract: ContractSuite = (store) => {
  describe('DeleteRange', () => {
    it('refuses an empty key', async () => {
      await refused.emptyKey(store().wire.delete(''))
      await refused.emptyKey(store().wire.delete('', { end: '\0' }))
    })

    const cases: Record<string, { at: string; end?: string; leaves: string[] }> = {
      'deletes one key': { at: 'b', leaves: ['a', 'c'] },
      'deletes a half-open range': { at: 'a', end: 'c', leaves: ['c'] },
      'deletes nothing when the end is the start': { at: 'a', end: 'a', leaves: ['a', 'b', 'c'] },
      'deletes nothing when the end is below the start': { at: 'c', end: 'a', leaves: ['a', 'b', 'c'] },
      'deletes nothing that is not there': { at: 'd', leaves: ['a', 'b', 'c'] },
    }
    for (const [what, { at, end, leaves }] of Object.entries(cases)) {
      it(`${what}, and says how many`, async () => {
        const { wire } = store()
        const key = keyScope()
        await fill(wire, key)
        const { deleted, prevKvs } = await wire.delete(key(at), end === undefined ? {} : { end: key(end) })
        expect([deleted, prevKvs]).toEqual([BigInt(3 - leaves.length), []])
        expect(keysOf((await wire.range(key.all, { end: key.end })).kvs)).toEqual(leaves.map(key))
      })
    }

    it('an end of one zero byte deletes every key from the start on', async () => {
      const { wire } = store()
      const highest = Buffer.from([0xff, 0xff, 0xf0])
      await wire.put(highest)
      await wire.put(Buffer.concat([highest, highest]))
      expect((await wire.delete(highest, { end: '\0' })).deleted).toBe(2n)
      expect((await wire.range(highest, { end: '\0' })).count).toBe(0n)
    })

    it('gives the deleted pairs in the order of their keys, on request', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key)
      const before = await wire.range(key.all, { end: key.end })
      const { prevKvs } = await wire.delete(key.all, { end: key.end, prevKv: true })
      expect(prevKvs.map(kvView)).toEqual(before.kvs.map(kvView))
    })

    it('gives no pairs when nothing was deleted, and the current revision', async () => {
      const { wire } = store()
      const current = await currentRevision(wire)
      const answer = await wire.delete(keyScope()('absent'), { prevKv: true })
      expect([answer.deleted, answer.prevKvs, revisionOf(answer)]).toEqual([0n, [], current])
    })

    it('takes all keys of a range in one revision', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key)
      const before = await currentRevision(wire)
      expect(revisionOf(await wire.delete(key.all, { end: key.end }))).toBe(before + 1n)
      expect(await currentRevision(wire)).toBe(before + 1n)
    })

    it('detaches the key from its lease', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: id })
      await wire.delete(key('a'))
      expect(await keysOnLease(wire, id)).toEqual([])
      await wire.put(key('a'), '2')
      await wire.revoke(id)
      expect((await wire.range(key('a'))).count).toBe(1n)
    })
  })
}

async function fill(wire: Wire, key: KeyScope): Promise<void> {
  for (const letter of 'bca') await wire.put(key(letter), letter)
}
