import type { RequestOp, TxnResponse } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { op, type TxnParts, when } from '../wire/requests.ts'
import { keysOf, kvView, valuesOf } from '../wire/view.ts'
import type { ContractSuite } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { refused } from './expect-refusal.ts'
import { keyScope } from './key-scope.ts'

const unknownLease = 7_777_777n

/** How a transaction runs, and what makes the whole of it fail. */
export const txnContract: ContractSuite = (store) => {
  describe('Txn: branches', () => {
    it('runs the success branch when every comparison holds', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const answer = await wire.txn({
        compare: [when.value(key('a'), '=', '1'), when.version(key('a'), '=', 1n)],
        success: [op.put(key('yes'), '1')],
        failure: [op.put(key('no'), '1')],
      })
      expect(answer.succeeded).toBe(true)
      expect(keysOf((await wire.range(key.all, { end: key.end })).kvs)).toEqual([key('a'), key('yes')])
    })

    it('runs the failure branch when one comparison does not hold', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const answer = await wire.txn({
        compare: [when.value(key('a'), '=', '1'), when.version(key('a'), '=', 2n)],
        success: [op.put(key('yes'), '1')],
        failure: [op.put(key('no'), '1')],
      })
      expect(answer.succeeded).toBe(false)
      expect(keysOf((await wire.range(key.all, { end: key.end })).kvs)).toEqual([key('a'), key('no')])
    })

    it('without comparisons succeeds, without operations answers none', async () => {
      const answer = await store().wire.txn({})
      expect([answer.succeeded, answer.responses]).toEqual([true, []])
    })

    it('answers each operation in its place', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const answer = await wire.txn({
        success: [op.range(key('a')), op.put(key('b'), '1'), op.delete(key('a')), op.txn({})],
      })
      expect(shapes(answer)).toEqual(['range', 'put', 'delete', 'txn'])
    })

    it('decides the comparisons of a nested transaction before anything is written', async () => {
      const { wire } = store()
      const key = keyScope()
      const answer = await wire.txn({
        success: [
          op.put(key('a'), 'new'),
          op.txn({
            compare: [when.value(key('a'), '=', 'new')],
            success: [op.put(key('yes'), '1')],
            failure: [op.put(key('no'), '1')],
          }),
        ],
      })
      expect(answer.responses[1]?.responseTxn?.succeeded).toBe(false)
      expect(keysOf((await wire.range(key.all, { end: key.end })).kvs)).toEqual([key('a'), key('no')])
    })

    it('nests to any depth', async () => {
      const { wire } = store()
      const key = keyScope()
      let deepest: RequestOp = op.put(key('a'), 'deep')
      for (let depth = 0; depth < 20; depth++) deepest = op.txn({ success: [deepest] })
      await wire.txn({ success: [deepest] })
      expect(valuesOf((await wire.range(key('a'))).kvs)).toEqual(['deep'])
    })
  })

  describe('Txn: comparisons', () => {
    const holding: Record<string, (key: string, at: { create: bigint; mod: bigint; lease: bigint }) => TxnParts> = {
      'VERSION =': (key) => ({ compare: [when.version(key, '=', 2n)] }),
      'VERSION >': (key) => ({ compare: [when.version(key, '>', 1n)] }),
      'VERSION <': (key) => ({ compare: [when.version(key, '<', 3n)] }),
      'VERSION !=': (key) => ({ compare: [when.version(key, '!=', 1n)] }),
      'CREATE =': (key, { create }) => ({ compare: [when.create(key, '=', create)] }),
      'CREATE >': (key, { create }) => ({ compare: [when.create(key, '>', create - 1n)] }),
      'CREATE <': (key, { create }) => ({ compare: [when.create(key, '<', create + 1n)] }),
      'CREATE !=': (key, { mod }) => ({ compare: [when.create(key, '!=', mod)] }),
      'MOD =': (key, { mod }) => ({ compare: [when.mod(key, '=', mod)] }),
      'MOD >': (key, { mod }) => ({ compare: [when.mod(key, '>', mod - 1n)] }),
      'MOD <': (key, { mod }) => ({ compare: [when.mod(key, '<', mod + 1n)] }),
      'MOD !=': (key, { create }) => ({ compare: [when.mod(key, '!=', create)] }),
      'VALUE =': (key) => ({ compare: [when.value(key, '=', 'mm')] }),
      'VALUE >': (key) => ({ compare: [when.value(key, '>', 'm')] }),
      'VALUE <': (key) => ({ compare: [when.value(key, '<', 'mn')] }),
      'VALUE !=': (key) => ({ compare: [when.value(key, '!=', 'm')] }),
      'LEASE =': (key, { lease }) => ({ compare: [when.lease(key, '=', lease)] }),
      'LEASE >': (key, { lease }) => ({ compare: [when.lease(key, '>', lease - 1n)] }),
      'LEASE <': (key, { lease }) => ({ compare: [when.lease(key, '<', lease + 1n)] }),
      'LEASE !=': (key) => ({ compare: [when.lease(key, '!=', 0n)] }),
    }
    const failing: typeof holding = {
      'VERSION =': (key) => ({ compare: [when.version(key, '=', 1n)] }),
      'VERSION >': (key) => ({ compare: [when.version(key, '>', 2n)] }),
      'VERSION <': (key) => ({ compare: [when.version(key, '<', 2n)] }),
      'VERSION !=': (key) => ({ compare: [when.version(key, '!=', 2n)] }),
      'CREATE =': (key, { mod }) => ({ compare: [when.create(key, '=', mod)] }),
      'CREATE >': (key, { create }) => ({ compare: [when.create(key, '>', create)] }),
      'CREATE <': (key, { create }) => ({ compare: [when.create(key, '<', create)] }),
      'CREATE !=': (key, { create }) => ({ compare: [when.create(key, '!=', create)] }),
      'MOD =': (key, { create }) => ({ compare: [when.mod(key, '=', create)] }),
      'MOD >': (key, { mod }) => ({ compare: [when.mod(key, '>', mod)] }),
      'MOD <': (key, { mod }) => ({ compare: [when.mod(key, '<', mod)] }),
      'MOD !=': (key, { mod }) => ({ compare: [when.mod(key, '!=', mod)] }),
      'VALUE =': (key) => ({ compare: [when.value(key, '=', 'm')] }),
      'VALUE >': (key) => ({ compare: [when.value(key, '>', 'mm')] }),
      'VALUE <': (key) => ({ compare: [when.value(key, '<', 'mm')] }),
      'VALUE !=': (key) => ({ compare: [when.value(key, '!=', 'mm')] }),
      'LEASE =': (key) => ({ compare: [when.lease(key, '=', 0n)] }),
      'LEASE >': (key, { lease }) => ({ compare: [when.lease(key, '>', lease)] }),
      'LEASE <': (key, { lease }) => ({ compare: [when.lease(key, '<', lease)] }),
      'LEASE !=': (key, { lease }) => ({ compare: [when.lease(key, '!=', lease)] }),
    }
    for (const [name, holds] of Object.entries(holding)) {
      it(`${name} holds and fails as its name says`, async () => {
        const { wire } = store()
        const key = keyScope()
        const { id: lease } = await wire.grant(600n)
        const create = revisionOf(await wire.put(key('a'), 'l'))
        const mod = revisionOf(await wire.put(key('a'), 'mm', { lease }))
        const at = { create, mod, lease }
        expect((await wire.txn(holds(key('a'), at))).succeeded).toBe(true)
        const fails = failing[name]
        expect(fails && (await wire.txn(fails(key('a'), at))).succeeded).toBe(false)
      })
    }

    const absent: Record<string, [(key: string) => TxnParts, boolean]> = {
      'VERSION = 0': [(key) => ({ compare: [when.version(key, '=', 0n)] }), true],
      'VERSION < 1': [(key) => ({ compare: [when.version(key, '<', 1n)] }), true],
      'VERSION > 0': [(key) => ({ compare: [when.version(key, '>', 0n)] }), false],
      'CREATE = 0': [(key) => ({ compare: [when.create(key, '=', 0n)] }), true],
      'CREATE != 0': [(key) => ({ compare: [when.create(key, '!=', 0n)] }), false],
      'MOD = 0': [(key) => ({ compare: [when.mod(key, '=', 0n)] }), true],
      'MOD != 5': [(key) => ({ compare: [when.mod(key, '!=', 5n)] }), true],
      'LEASE = 0': [(key) => ({ compare: [when.lease(key, '=', 0n)] }), true],
      'LEASE > 0': [(key) => ({ compare: [when.lease(key, '>', 0n)] }), false],
      'VALUE = ""': [(key) => ({ compare: [when.value(key, '=', '')] }), false],
      'VALUE != "x"': [(key) => ({ compare: [when.value(key, '!=', 'x')] }), false],
      'VALUE < "x"': [(key) => ({ compare: [when.value(key, '<', 'x')] }), false],
      'VALUE > ""': [(key) => ({ compare: [when.value(key, '>', '')] }), false],
    }
    for (const [name, [parts, holds]] of Object.entries(absent)) {
      it(`${name} ${holds ? 'holds' : 'fails'} for a key that does not exist`, async () => {
        const { wire } = store()
        const key = keyScope()
        await wire.put(key('deleted'), 'x')
        await wire.delete(key('deleted'))
        expect((await wire.txn(parts(key('never')))).succeeded).toBe(holds)
        expect((await wire.txn(parts(key('deleted')))).succeeded).toBe(holds)
      })
    }

    it('over a range every key must match', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const letter of 'abc') await wire.put(key(letter), letter)
      const succeeded = async (...compare: NonNullable<TxnParts['compare']>): Promise<boolean> =>
        (await wire.txn({ compare })).succeeded
      const all = { end: key.end }
      expect(await succeeded(when.value(key.all, '<', 'd', all))).toBe(true)
      expect(await succeeded(when.value(key.all, '<', 'c', all))).toBe(false)
      expect(await succeeded(when.value(key('a'), '<', 'c', { end: key('c') }))).toBe(true)
      expect(await succeeded(when.version(key.all, '=', 1n, all))).toBe(true)
      await wire.put(key('b'), 'b')
      expect(await succeeded(when.version(key.all, '=', 1n, all))).toBe(false)
      expect(await succeeded(when.version(key.all, '>', 0n, all))).toBe(true)
    })

    it('over a range a deleted key counts for nothing', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const letter of 'abc') await wire.put(key(letter), letter)
      for (const letter of 'ab') await wire.delete(key(letter))
      const all = { end: key.end }
      expect((await wire.txn({ compare: [when.value(key.all, '=', 'c', all)] })).succeeded).toBe(true)
      expect((await wire.txn({ compare: [when.version(key.all, '=', 1n, all)] })).succeeded).toBe(true)
      expect((await wire.txn({ compare: [when.value(key.all, '=', 'b', all)] })).succeeded).toBe(false)
    })

    it('over a range up to the end of all keys', async () => {
      const { wire } = store()
      const start = Buffer.from([0xff, 0xff, 0xe0])
      await wire.put(start, '1')
      await wire.put(Buffer.from([0xff, 0xff, 0xe1]), '2')
      const succeeded = async (value: string): Promise<boolean> =>
        (await wire.txn({ compare: [when.value(start, '<', value, { end: '\0' })] })).succeeded
      expect([await succeeded('3'), await succeeded('2')]).toEqual([true, false])
      await wire.delete(start, { end: '\0' })
    })

    it('over a range without keys compares with 0, and a value fails', async () => {
      const { wire } = store()
      const key = keyScope()
      const all = { end: key.end }
      expect((await wire.txn({ compare: [when.version(key.all, '=', 0n, all)] })).succeeded).toBe(true)
      expect((await wire.txn({ compare: [when.mod(key.all, '>', 0n, all)] })).succeeded).toBe(false)
      expect((await wire.txn({ compare: [when.value(key.all, '!=', 'x', all)] })).succeeded).toBe(false)
    })

    it('refuses a comparison of an empty key', async () => {
      await refused.emptyKey(store().wire.txn({ compare: [when.version('', '=', 0n)] }))
    })
  })

  describe('Txn: order inside', () => {
    it('later operations see earlier writes', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), 'old')
      const answer = await wire.txn({
        success: [
          op.range(key('a')),
          op.put(key('a'), 'new', { prevKv: true }),
          op.range(key('a')),
          op.delete(key('b')),
          op.put(key('c'), 'x'),
          op.range(key.all, { end: key.end }),
        ],
      })
      const ranges = answer.responses.flatMap((response) => response.responseRange ?? [])
      expect(ranges.map((range) => valuesOf(range.kvs))).toEqual([['old'], ['new'], ['new', 'x']])
      const prev = answer.responses[1]?.responsePut?.prevKv
      expect(prev && kvView(prev).value).toBe('old')
    })

    it('a key deleted earlier in the transaction is gone, and deleting it again deletes nothing', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const answer = await wire.txn({
        success: [op.delete(key('a')), op.range(key('a')), op.delete(key('a'), { prevKv: true })],
      })
      expect(answer.responses[0]?.responseDeleteRange?.deleted).toBe(1n)
      expect(answer.responses[1]?.responseRange?.count).toBe(0n)
      expect(answer.responses[2]?.responseDeleteRange?.deleted).toBe(0n)
    })

    it('a key cannot be deleted and re-created in one transaction', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      await refused.duplicateKey(wire.txn({ success: [op.delete(key('a')), op.put(key('a'), '2')] }))
      expect(valuesOf((await wire.range(key('a'))).kvs)).toEqual(['1'])
    })

    it('a past revision stays readable after an earlier write', async () => {
      const { wire } = store()
      const key = keyScope()
      const before = revisionOf(await wire.put(key('a'), 'old'))
      const answer = await wire.txn({ success: [op.put(key('a'), 'new'), op.range(key('a'), { revision: before })] })
      expect(valuesOf(answer.responses[1]?.responseRange?.kvs ?? [])).toEqual(['old'])
    })
  })

  describe('Txn: headers', () => {
    it('inner headers carry only the revision', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const answer = await wire.txn({ success: [op.range(key('a')), op.put(key('b')), op.delete(key('a'))] })
      const revision = revisionOf(answer)
      const [range, put, deletion] = answer.responses
      const only = (at: bigint): object => ({ clusterId: 0n, memberId: 0n, raftTerm: 0n, revision: at })
      expect(range?.responseRange?.header).toEqual(only(revision - 1n))
      expect(put?.responsePut?.header).toEqual(only(revision))
      expect(deletion?.responseDeleteRange?.header).toEqual(only(revision))
    })

    it('an inner read after a write carries the revision being written', async () => {
      const { wire } = store()
      const key = keyScope()
      const answer = await wire.txn({ success: [op.put(key('a')), op.range(key('a')), op.delete(key('absent'))] })
      const revision = revisionOf(answer)
      expect(answer.responses[1]?.responseRange?.header?.revision).toBe(revision)
      expect(answer.responses[2]?.responseDeleteRange?.header?.revision).toBe(revision)
    })

    it("a nested transaction's header is empty", async () => {
      const { wire } = store()
      const key = keyScope()
      const answer = await wire.txn({ success: [op.txn({ success: [op.put(key('a'))] })] })
      const nested = answer.responses[0]?.responseTxn
      expect(nested?.header).toEqual({ clusterId: 0n, memberId: 0n, raftTerm: 0n, revision: 0n })
      expect(nested?.responses[0]?.responsePut?.header?.revision).toBe(revisionOf(answer))
    })
  })

  describe('Txn: size', () => {
    const many = (count: number, name: (index: number) => string): RequestOp[] =>
      Array.from({ length: count }, (_, index) => op.put(name(index)))

    it('takes 128 of each and refuses 129 of any', async () => {
      const { wire } = store()
      const key = keyScope()
      const compare = (count: number) =>
        Array.from({ length: count }, (_, index) => when.version(key(`${index}`), '=', 0n))
      const puts = (count: number): RequestOp[] => many(count, (index) => key(`${index}`))
      await refused.tooManyOps(wire.txn({ compare: compare(129) }))
      await refused.tooManyOps(wire.txn({ success: puts(129) }))
      await refused.tooManyOps(wire.txn({ failure: puts(129) }))
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
      const answer = await wire.txn({ compare: compare(128), success: puts(128), failure: puts(128) })
      expect(answer.responses.length).toBe(128)
    })

    it('leaves to a nested transaction 128 minus its parent’s count', async () => {
      const { wire } = store()
      const key = keyScope()
      const puts = (count: number): RequestOp[] => many(count, (index) => key(`${index}`))
      await wire.txn({ success: [op.txn({ success: puts(127) })] })
      await refused.tooManyOps(wire.txn({ success: [op.txn({ success: puts(128) })] }))
      await refused.tooManyOps(wire.txn({ failure: [op.txn({ failure: puts(128) })] }))
      const two = [when.version(key('x'), '=', 0n), when.version(key('y'), '=', 0n)]
      await wire.txn({ compare: two, success: [op.txn({ success: puts(126) })] })
      await refused.tooManyOps(wire.txn({ compare: two, success: [op.txn({ success: puts(127) })] }))
    })

    it('refuses a request of more than 1.5 MiB', async () => {
      const { wire } = store()
      const key = keyScope()
      const half = Buffer.alloc(0.8 * 1024 * 1024)
      await refused.tooLarge(wire.txn({ success: [op.put(key('a'), half), op.put(key('b'), half)] }))
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
    })
  })

  describe('Txn: refused as a whole before it runs', () => {
    it('an operation that is none', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.keyNotFound(wire.txn({ success: [op.put(key('a')), op.empty()] }))
      await refused.keyNotFound(wire.txn({ failure: [op.empty()] }))
      expect((await wire.range(key('a'))).count).toBe(0n)
    })

    const inner: Record<string, [RequestOp, (call: Promise<unknown>) => Promise<void>]> = {
      'a range of an empty key': [op.range(''), refused.emptyKey],
      'a put of an empty key': [op.put(''), refused.emptyKey],
      'a deletion of an empty key': [op.delete(''), refused.emptyKey],
      'a put with a value beside ignore_value': [op.put('k', 'v', { ignoreValue: true }), refused.valueProvided],
      'a put with a lease beside ignore_lease': [
        op.put('k', 'v', { ignoreLease: true, lease: 5n }),
        refused.leaseProvided,
      ],
    }
    for (const [what, [operation, isRefused]] of Object.entries(inner)) {
      it(`${what}, in either branch and nested`, async () => {
        const { wire } = store()
        await isRefused(wire.txn({ success: [operation] }))
        await isRefused(wire.txn({ failure: [operation] }))
        await isRefused(wire.txn({ success: [op.txn({ failure: [operation] })] }))
      })
    }

    const duplicates: Record<string, (key: (name: string) => string) => RequestOp[]> = {
      'two puts of a key': (key) => [op.put(key('a')), op.put(key('a'))],
      'a put and a deletion of a key': (key) => [op.put(key('a')), op.delete(key('a'))],
      'a deletion and a put of a key': (key) => [op.delete(key('a')), op.put(key('a'))],
      'a put inside a deleted range': (key) => [op.delete(key('a'), { end: key('c') }), op.put(key('b'))],
      'a put and a nested put': (key) => [op.put(key('a')), op.txn({ success: [op.put(key('a'))] })],
      'a nested put and a put': (key) => [op.txn({ failure: [op.put(key('a'))] }), op.put(key('a'))],
      'two nested puts': (key) => [op.txn({ success: [op.put(key('a'))] }), op.txn({ failure: [op.put(key('a'))] })],
      'a put and a nested deletion': (key) => [
        op.put(key('b')),
        op.txn({ success: [op.delete(key('a'), { end: key('c') })] }),
      ],
      'a nested put and a deletion': (key) => [
        op.txn({ failure: [op.put(key('b'))] }),
        op.delete(key('a'), { end: key('c') }),
      ],
      'a put and one nested two deep': (key) => [
        op.put(key('a')),
        op.txn({ success: [op.txn({ failure: [op.put(key('a'))] })] }),
      ],
    }
    for (const [what, operations] of Object.entries(duplicates)) {
      it(`${what}, in either branch`, async () => {
        const { wire } = store()
        const key = keyScope()
        await refused.duplicateKey(wire.txn({ success: operations(key) }))
        await refused.duplicateKey(wire.txn({ failure: operations(key) }))
        expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
      })
    }

    const allowed: Record<string, (key: (name: string) => string) => TxnParts> = {
      'two deletions of a key': (key) => ({ success: [op.delete(key('a')), op.delete(key('a'))] }),
      'overlapping deleted ranges': (key) => ({
        success: [op.delete(key('a'), { end: key('c') }), op.delete(key('b'), { end: key('d') })],
      }),
      'a put next to a deleted range': (key) => ({
        success: [op.delete(key('a'), { end: key('c') }), op.put(key('c'))],
      }),
      'the same key in then and else': (key) => ({ success: [op.put(key('a'))], failure: [op.put(key('a'))] }),
      'the same key in a nested then and else': (key) => ({
        success: [op.txn({ success: [op.put(key('a'))], failure: [op.put(key('a'))] })],
      }),
      'reading a key that is put': (key) => ({ success: [op.put(key('a')), op.range(key('a'))] }),
    }
    for (const [what, parts] of Object.entries(allowed)) {
      it(`but not ${what}`, async () => {
        const answer = await store().wire.txn(parts(keyScope()))
        expect(answer.succeeded).toBe(true)
      })
    }
  })

  describe('Txn: refused as a whole on the path taken', () => {
    it('a range at the revision being written is in the future', async () => {
      const { wire } = store()
      const key = keyScope()
      const current = await currentRevision(wire)
      await refused.futureRevision(
        wire.txn({ success: [op.put(key('a')), op.range(key('a'), { revision: current + 1n })] }),
      )
      expect((await wire.range(key('a'))).count).toBe(0n)
      expect(await currentRevision(wire)).toBe(current)
    })

    it('a range at a compacted revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      await wire.compact(revisionOf(await wire.put(key('a'), '2')))
      await refused.compacted(wire.txn({ success: [op.put(key('b')), op.range(key('a'), { revision: old })] }))
      expect((await wire.range(key('b'))).count).toBe(0n)
    })

    it('a put with a lease that does not exist', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.leaseNotFound(
        wire.txn({ success: [op.put(key('a')), op.put(key('b'), '', { lease: unknownLease })] }),
      )
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
    })

    it('ignore_value on a key that was absent before the transaction', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.keyNotFound(wire.txn({ success: [op.put(key('a')), op.put(key('b'), '', { ignoreValue: true })] }))
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
    })

    it('the same in a nested transaction whose branch is taken', async () => {
      const { wire } = store()
      const key = keyScope()
      await refused.leaseNotFound(
        wire.txn({
          success: [op.put(key('a')), op.txn({ success: [op.put(key('b'), '', { lease: unknownLease })] })],
        }),
      )
      expect((await wire.range(key.all, { end: key.end })).count).toBe(0n)
    })

    it('but not on the path that is not taken', async () => {
      const { wire } = store()
      const key = keyScope()
      const future = (await currentRevision(wire)) + 1000n
      const answer = await wire.txn({
        success: [
          op.put(key('a'), 'taken'),
          op.txn({ failure: [op.put(key('b'), '', { ignoreValue: true }), op.range(key('b'), { revision: future })] }),
        ],
        failure: [op.put(key('c'), '', { lease: unknownLease }), op.range(key('c'), { revision: future })],
      })
      expect(answer.succeeded).toBe(true)
      expect(valuesOf((await wire.range(key.all, { end: key.end })).kvs)).toEqual(['taken'])
    })
  })
}

function shapes(answer: TxnResponse): string[] {
  return answer.responses.map((response) => {
    if (response.responseRange) return 'range'
    if (response.responsePut) return 'put'
    if (response.responseDeleteRange) return 'delete'
    return response.responseTxn ? 'txn' : 'none'
  })
}
