import { describe, expect, it } from 'vitest'
import { kvView, valuesOf } from '../wire/view.ts'
import type { ContractSuite } from './contract-store.ts'
import { revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'
import { keysOnLease } from './keys-on-lease.ts'

const unknownLease = 7_777_777n
const tooBig = Buffer.alloc(1.6 * 1024 * 1024)

/** What a put stores, and what it is refused for, first things first. */
export const putContract: ContractSuite = (store) => {
  describe('Put', () => {
    it('stores a value, an empty one too', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), 'one')
      await wire.put(key('b'), '')
      const { kvs } = await wire.range(key.all, { end: key.end })
      expect(valuesOf(kvs)).toEqual(['one', ''])
    })

    it('prev_kv gives what was there, on request only', async () => {
      const { wire } = store()
      const key = keyScope()
      expect((await wire.put(key('a'), '1', { prevKv: true })).prevKv).toBeUndefined()
      const { kvs } = await wire.range(key('a'))
      const answer = await wire.put(key('a'), '2', { prevKv: true })
      expect(answer.prevKv && kvView(answer.prevKv)).toEqual(kvs.map(kvView)[0])
      expect((await wire.put(key('a'), '3')).prevKv).toBeUndefined()
    })

    it('prev_kv after a deletion gives nothing', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      await wire.delete(key('a'))
      expect((await wire.put(key('a'), '2', { prevKv: true })).prevKv).toBeUndefined()
    })

    it('ignore_value keeps the value and counts as a change', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), 'kept')
      const revision = revisionOf(await wire.put(key('a'), '', { ignoreValue: true }))
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map((kv) => [kvView(kv).value, kv.version, kv.modRevision])).toEqual([['kept', 2n, revision]])
    })

    it('ignore_value takes the lease that is given, or none', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      await wire.put(key('a'), 'kept')
      await wire.put(key('a'), '', { ignoreValue: true, lease: id })
      expect((await wire.range(key('a'))).kvs.map((kv) => kv.lease)).toEqual([id])
      await wire.put(key('a'), '', { ignoreValue: true })
      expect((await wire.range(key('a'))).kvs.map((kv) => kv.lease)).toEqual([0n])
      expect(await keysOnLease(wire, id)).toEqual([])
    })

    it('ignore_lease keeps the lease', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: id })
      await wire.put(key('a'), '2', { ignoreLease: true })
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map((kv) => [kvView(kv).value, kv.lease])).toEqual([['2', id]])
      expect(await keysOnLease(wire, id)).toEqual([key('a')])
    })

    it('ignore_value and ignore_lease together change only revision and version', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      const create = revisionOf(await wire.put(key('a'), '1', { lease: id }))
      const mod = revisionOf(await wire.put(key('a'), '', { ignoreValue: true, ignoreLease: true }))
      const { kvs } = await wire.range(key('a'))
      expect(kvs.map(kvView)).toEqual([{ key: key('a'), value: '1', create, mod, version: 2n, lease: id }])
    })

    it('another lease, or none, detaches the old one', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id: first } = await wire.grant(600n)
      const { id: second } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: first })
      await wire.put(key('a'), '2', { lease: second })
      expect([await keysOnLease(wire, first), await keysOnLease(wire, second)]).toEqual([[], [key('a')]])
      await wire.revoke(first)
      expect(valuesOf((await wire.range(key('a'))).kvs)).toEqual(['2'])
      await wire.put(key('a'), '3')
      await wire.revoke(second)
      expect(valuesOf((await wire.range(key('a'))).kvs)).toEqual(['3'])
    })

    it('the same lease again leaves the key on it once', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      await wire.put(key('a'), '1', { lease: id })
      await wire.put(key('a'), '2', { lease: id })
      expect(await keysOnLease(wire, id)).toEqual([key('a')])
    })
  })

  describe('Put: refusals', () => {
    it('an empty key', async () => {
      await refused.emptyKey(store().wire.put('', '1'))
    })

    it('a value beside ignore_value', async () => {
      await refused.valueProvided(store().wire.put(keyScope()('a'), '1', { ignoreValue: true }))
    })

    it('a lease beside ignore_lease', async () => {
      await refused.leaseProvided(store().wire.put(keyScope()('a'), '1', { ignoreLease: true, lease: unknownLease }))
    })

    it('a lease that does not exist; -1 is one', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.leaseNotFound(wire.put(key('a'), '1', { lease: unknownLease }))
      await refused.leaseNotFound(wire.put(key('a'), '1', { lease: -1n }))
      expect((await wire.range(key('a'))).count).toBe(0n)
    })

    it('ignore_value or ignore_lease on a key that does not exist', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.keyNotFound(wire.put(key('a'), '', { ignoreValue: true }))
      await refused.keyNotFound(wire.put(key('a'), '1', { ignoreLease: true }))
      await wire.put(key('a'), '1')
      await wire.delete(key('a'))
      await refused.keyNotFound(wire.put(key('a'), '', { ignoreValue: true }))
    })

    it('a request of more than 1.5 MiB', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.tooLarge(wire.put(key('a'), Buffer.alloc(1.5 * 1024 * 1024)))
      expect((await wire.range(key('a'))).count).toBe(0n)
      await wire.put(key('a'), Buffer.alloc(1.5 * 1024 * 1024 - 512))
      expect((await wire.delete(key('a'))).deleted).toBe(1n)
    })

    const all = { ignoreValue: true, ignoreLease: true, lease: unknownLease }
    it('first of all the empty key', async () => {
      await refused.emptyKey(store().wire.put('', tooBig, all))
    })

    it('then the value', async () => {
      await refused.valueProvided(store().wire.put(keyScope()('a'), tooBig, all))
    })

    it('then the lease', async () => {
      await refused.leaseProvided(store().wire.put(keyScope()('a'), tooBig, { ...all, ignoreValue: false }))
    })

    it('then the size', async () => {
      await refused.tooLarge(store().wire.put(keyScope()('a'), tooBig, { lease: unknownLease }))
    })

    it('then that the lease exists', async () => {
      const { wire } = store()
      await refused.leaseNotFound(wire.put(keyScope()('a'), '', { ignoreValue: true, lease: unknownLease }))
    })
  })
}
