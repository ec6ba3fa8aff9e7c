import { RangeRequest_SortOrder as Order, RangeRequest_SortTarget as Target } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import type { RangeOptions } from '../wire/requests.ts'
import { keysOf, kvView, valuesOf } from '../wire/view.ts'
import type { Wire } from '../wire/wire.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { type KeyScope, keyScope } from './key-scope.ts'

/** Which keys a range covers, at which revision, and what it says of them. */
export const rangeContract: ContractSuite = (store) => {
  describe('Range: which keys', () => {
    it('refuses an empty key, whatever the end', async () => {
      const { wire } = store()
      await refused.emptyKey(wire.range(''))
      await refused.emptyKey(wire.range('', { end: '\0' }))
      await refused.emptyKey(wire.range('', { end: 'z', countOnly: true }))
    })

    const cases: Record<string, { at: string; end?: string | undefined; gives: string[] }> = {
      'an empty end means one key': { at: 'b', gives: ['b'] },
      'an absent key gives nothing': { at: 'bb', gives: [] },
      'an end is exclusive': { at: 'a', end: 'c', gives: ['a', 'b'] },
      'a start is inclusive': { at: 'b', end: 'c\0', gives: ['b', 'c'] },
      'a start need not exist': { at: 'aa', end: 'd', gives: ['b', 'c'] },
      'an end equal to the start gives nothing': { at: 'b', end: 'b', gives: [] },
      'an end below the start gives nothing': { at: 'c', end: 'a', gives: [] },
    }
    for (const [what, { at, end, gives }] of Object.entries(cases)) {
      it(what, async () => {
        const { wire } = store()
        const key = keyScope()
        await fill(wire, key, 'abc')
        const answer = await wire.range(key(at), end === undefined ? {} : { end: key(end) })
        expect(keysOf(answer.kvs)).toEqual(gives.map(key))
        expect(answer.count).toBe(BigInt(gives.length))
        expect(answer.more).toBe(false)
      })
    }

    it('an end of one zero byte means every key from the start on', async () => {
      const { wire } = store()
      const last = Buffer.from([0xff, 0xff, 0xfe])
      const beyond = Buffer.from([0xff, 0xff, 0xff])
      await wire.put(last, '1')
      await wire.put(beyond, '2')
      const { kvs } = await wire.range(last, { end: '\0' })
      expect(kvs.map((kv) => Buffer.from(kv.key).toString('hex'))).toEqual(['fffffe', 'ffffff'])
      await wire.delete(last, { end: '\0' })
    })

    it('a start and an end of one zero byte mean every key there is', async () => {
      const fresh = await store().startFresh()
      try {
        const keys = [[0], [0, 0], [1], [97], [255, 255]].map((key) => Buffer.from(key))
        for (const key of keys) await fresh.wire.put(key)
        const { kvs } = await fresh.wire.range('\0', { end: '\0' })
        expect(kvs.map((kv) => [...kv.key])).toEqual(keys.map((key) => [...key]))
      } finally {
        await fresh.close()
      }
    })

    it('keys are ordered by their bytes', async () => {
      const { wire } = store()
      const prefix = Buffer.from(keyScope().all)
      const tails = [[], [0], [9], [0x20], [0x41], [0x61], [0x7f], [0x80], [0xc3, 0xa9], [0xff], [0xff, 0]]
      const keys = tails.map((tail) => Buffer.concat([prefix, Buffer.from(tail)]))
      for (const key of [...keys].reverse()) await wire.put(key)
      const end = Buffer.concat([prefix, Buffer.from([0xff, 0xff])])
      const { kvs } = await wire.range(prefix, { end })
      expect(kvs.map((kv) => [...kv.key.subarray(prefix.length)])).toEqual(tails)
    })

    it('keys and values hold any bytes', async () => {
      const { wire } = store()
      const key = Buffer.concat([Buffer.from(keyScope().all), Buffer.from([0, 255, 10, 0xc0])])
      const value = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
      await wire.put(key, value)
      const { kvs } = await wire.range(key)
      expect(kvs.map((kv) => [Buffer.from(kv.key), Buffer.from(kv.value)])).toEqual([[key, value]])
    })
  })

  describe('Range: many keys', () => {
    it('stay in order and are counted while they come and go', async () => {
      const { wire } = store()
      const key = keyScope()
      const names = Array.from({ length: 3_000 }, (_, n) => key(`${(n * 7_919) % 3_000}`.padStart(4, '0')))
      await Promise.all(names.map((name) => wire.put(name)))
      const sorted = [...names].sort()
      const whole = await wire.range(key.all, { end: key.end })
      expect([keysOf(whole.kvs), whole.count]).toEqual([sorted, 3_000n])

      const first = await wire.range(key('1000'), { end: key('2000'), limit: 10n })
      expect([keysOf(first.kvs), first.count, first.more]).toEqual([sorted.slice(1_000, 1_010), 1_000n, true])

      const before = revisionOf(whole)
      expect((await wire.delete(key('0500'), { end: key('2500') })).deleted).toBe(2_000n)
      const rest = await wire.range(key.all, { end: key.end, keysOnly: true })
      expect([keysOf(rest.kvs), rest.count]).toEqual([[...sorted.slice(0, 500), ...sorted.slice(2_500)], 1_000n])
      const past = await wire.range(key('0400'), { end: key('0600'), revision: before })
      expect([keysOf(past.kvs), past.count]).toEqual([sorted.slice(400, 600), 200n])

      await wire.compact(revisionOf(rest), { physical: true })
      await wire.put(key('1234'))
      const after = await wire.range(key('0499'), { end: key('2501') })
      expect([keysOf(after.kvs), after.count]).toEqual([['0499', '1234', '2500'].map(key), 3n])
      await wire.delete(key.all, { end: key.end })
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
    })
  })

  describe('Range: at a revision', () => {
    it('shows the past as it was', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '1'))
      await wire.put(key('a'), '2')
      await wire.put(key('b'), '1')
      await wire.delete(key('a'))
      const at = async (revision: bigint): Promise<string[]> =>
        (await wire.range(key.all, { end: key.end, revision })).kvs.map(
          (kv) => `${kv.key.at(-1) === 97 ? 'a' : 'b'}${kv.value}`,
        )
      expect(await at(first - 1n)).toEqual([])
      expect(await at(first)).toEqual(['a1'])
      expect(await at(first + 1n)).toEqual(['a2'])
      expect(await at(first + 2n)).toEqual(['a2', 'b1'])
      expect(await at(first + 3n)).toEqual(['b1'])
    })

    it('a revision of 0 or less is the current one', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      await wire.put(key('a'), '2')
      expect(valuesOf((await wire.range(key('a'), { revision: 0n })).kvs)).toEqual(['2'])
      expect(valuesOf((await wire.range(key('a'), { revision: -7n })).kvs)).toEqual(['2'])
    })

    it('a revision above the current one is refused', async () => {
      const { wire } = store()
      const key = keyScope()
      const current = revisionOf(await wire.put(key('a'), '1'))
      await refused.futureRevision(wire.range(key('a'), { revision: current + 1n }))
      await refused.futureRevision(wire.range(key('a'), { revision: current + 1n, countOnly: true }))
      expect((await wire.range(key('a'), { revision: current })).count).toBe(1n)
    })

    it('a revision below the compacted one is refused, and the compacted one itself is legal', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      const compacted = revisionOf(await wire.put(key('a'), '2'))
      await wire.put(key('a'), '3')
      await wire.compact(compacted)
      await refused.compacted(wire.range(key('a'), { revision: old }))
      await refused.compacted(wire.range(key('absent'), { revision: old }))
      expect(valuesOf((await wire.range(key('a'), { revision: compacted })).kvs)).toEqual(['2'])
    })

    it('the header carries the current revision, not the one asked for', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      const current = revisionOf(await wire.put(key('a'), '2'))
      expect(revisionOf(await wire.range(key('a'), { revision: old }))).toBe(current)
    })
  })

  describe('Range: limit, count and more', () => {
    it('limit cuts, more says so, and count ignores it', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'abcde')
      const answer = await wire.range(key.all, { end: key.end, limit: 2n })
      expect(keysOf(answer.kvs)).toEqual([key('a'), key('b')])
      expect([answer.more, answer.count]).toEqual([true, 5n])
    })

    it('nothing is cut when the limit is the number of keys', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'abc')
      const answer = await wire.range(key.all, { end: key.end, limit: 3n })
      expect([answer.kvs.length, answer.more, answer.count]).toEqual([3, false, 3n])
    })

    it('a limit of 0 or less is no limit', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'abc')
      for (const limit of [0n, -1n]) {
        const answer = await wire.range(key.all, { end: key.end, limit })
        expect([answer.kvs.length, answer.more]).toEqual([3, false])
      }
    })

    it('count_only gives the count and no keys, whatever the limit', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'abcde')
      const answer = await wire.range(key.all, { end: key.end, countOnly: true, limit: 2n })
      expect([answer.kvs, answer.more, answer.count]).toEqual([[], false, 5n])
    })

    it('keys_only leaves out value and lease; sorted by value it keeps the lease', async (context) => {
      notLike34(context, store(), 'keysOnlyLease')
      const { wire } = store()
      const key = keyScope()
      const { id } = await wire.grant(600n)
      const revision = revisionOf(await wire.put(key('a'), 'some value', { lease: id }))
      for (const [sortTarget, lease] of [
        [Target.KEY, 0n],
        [Target.VALUE, id],
      ] as const) {
        const { kvs } = await wire.range(key('a'), { keysOnly: true, sortTarget })
        expect(kvs.map(kvView)).toEqual([
          { key: key('a'), value: '', create: revision, mod: revision, version: 1n, lease },
        ])
      }
    })

    it('a serializable read equals a linearizable one', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'abc')
      const linearizable = await wire.range(key.all, { end: key.end })
      expect(await wire.range(key.all, { end: key.end, serializable: true })).toEqual(linearizable)
    })
  })

  describe('Range: filters', () => {
    const filters: Record<
      string,
      (revisions: { a: bigint; b: bigint; c: bigint; a2: bigint }) => [RangeOptions, string]
    > = {
      'min_mod_revision is inclusive': ({ c }) => [{ minModRevision: c }, 'ac'],
      'max_mod_revision is inclusive': ({ c }) => [{ maxModRevision: c }, 'bc'],
      'min_create_revision is inclusive': ({ b }) => [{ minCreateRevision: b }, 'bc'],
      'max_create_revision is inclusive': ({ b }) => [{ maxCreateRevision: b }, 'ab'],
      'all filters apply together': ({ a, c, a2 }) => [
        { minModRevision: c, maxModRevision: a2, minCreateRevision: a, maxCreateRevision: a },
        'a',
      ],
      'filters may leave nothing': ({ a2 }) => [{ minModRevision: a2 + 1n }, ''],
    }
    for (const [what, ask] of Object.entries(filters)) {
      it(`${what}, and count ignores filters`, async () => {
        const { wire } = store()
        const key = keyScope()
        const a = revisionOf(await wire.put(key('a')))
        const b = revisionOf(await wire.put(key('b')))
        const c = revisionOf(await wire.put(key('c')))
        const a2 = revisionOf(await wire.put(key('a')))
        const [options, gives] = ask({ a, b, c, a2 })
        const answer = await wire.range(key.all, { end: key.end, ...options })
        expect(keysOf(answer.kvs)).toEqual([...gives].map(key))
        expect([answer.count, answer.more]).toEqual([3n, false])
      })
    }

    it('the limit cuts after the filters', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'ab')
      const from = revisionOf(await wire.put(key('c')))
      await fill(wire, key, 'de')
      const answer = await wire.range(key.all, { end: key.end, minCreateRevision: from, limit: 2n })
      expect(keysOf(answer.kvs)).toEqual([key('c'), key('d')])
      expect([answer.more, answer.count]).toEqual([true, 5n])
    })
  })

  describe('Range: sorting', () => {
    /** Each target puts these keys into another order. */
    async function sortable(wire: Wire, key: KeyScope): Promise<void> {
      await wire.put(key('b'), '3') // created first
      await wire.put(key('c'), '9')
      await wire.put(key('c'), '1') // version 2
      await wire.put(key('a'), '8')
      await wire.put(key('b'), '7')
      await wire.put(key('b'), '2') // version 3, changed last
    }
    const orders: [string, number, string][] = [
      ['KEY', Target.KEY, 'abc'],
      ['VERSION', Target.VERSION, 'acb'],
      ['CREATE', Target.CREATE, 'bca'],
      ['MOD', Target.MOD, 'cab'],
      ['VALUE', Target.VALUE, 'cba'],
    ]
    for (const [name, sortTarget, ascending] of orders) {
      it(`by ${name}, ascending and descending, cut after sorting`, async () => {
        const { wire } = store()
        const key = keyScope()
        await sortable(wire, key)
        const sorted = async (sortOrder: number, limit: bigint): Promise<string[]> =>
          keysOf((await wire.range(key.all, { end: key.end, sortTarget, sortOrder, limit })).kvs)
        const descending = [...ascending].reverse()
        expect(await sorted(Order.ASCEND, 0n)).toEqual([...ascending].map(key))
        expect(await sorted(Order.DESCEND, 0n)).toEqual(descending.map(key))
        expect(await sorted(Order.ASCEND, 1n)).toEqual([...ascending].slice(0, 1).map(key))
        expect(await sorted(Order.DESCEND, 2n)).toEqual(descending.slice(0, 2).map(key))
      })
    }

    it('by another target than KEY with order NONE sorts ascending', async () => {
      const { wire } = store()
      const key = keyScope()
      await sortable(wire, key)
      const { kvs } = await wire.range(key.all, { end: key.end, sortTarget: Target.CREATE })
      expect(keysOf(kvs)).toEqual([key('b'), key('c'), key('a')])
    })

    it('by another target than KEY with order NONE and a limit sorts only the first limit + 1 by key', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'dcba') // by creation: d c b a
      const answer = await wire.range(key.all, { end: key.end, sortTarget: Target.CREATE, limit: 2n })
      // Of a, b and c, the first three by key, the two that were created first.
      expect(keysOf(answer.kvs)).toEqual([key('c'), key('b')])
      expect([answer.more, answer.count]).toEqual([true, 4n])
    })

    it('values that compare alike keep the order of their keys', async () => {
      const { wire } = store()
      const key = keyScope()
      await fill(wire, key, 'cab')
      for (const sortOrder of [Order.ASCEND, Order.DESCEND]) {
        const { kvs } = await wire.range(key.all, { end: key.end, sortTarget: Target.VERSION, sortOrder })
        expect(keysOf(kvs)).toEqual(['a', 'b', 'c'].map(key))
      }
    })

    it('refuses a sort option that does not exist', async (context) => {
      notLike34(context, store(), 'sortEnum')
      const { wire } = store()
      const key = keyScope()
      await refused.invalidSortOption(wire.range(key('a'), { sortOrder: 3 }))
      await refused.invalidSortOption(wire.range(key('a'), { sortOrder: -1 }))
      await refused.invalidSortOption(wire.range(key('a'), { sortTarget: 5 }))
    })
  })

  it('Range does not change the revision', async () => {
    const { wire } = store()
    const before = await currentRevision(wire)
    await wire.range('a', { end: '\0' })
    expect(await currentRevision(wire)).toBe(before)
  })
}

/** Puts each letter as a key, in the order given, with the letter as its value. */
async function fill(wire: Wire, key: KeyScope, letters: string): Promise<void> {
  for (const letter of letters) await wire.put(key(letter), letter)
}
