import fc from 'fast-check'
import { expect, it } from 'vitest'
import { etcdRevisionKey, etcdRevisionKeyView, parseEtcdRevisionKey } from './etcd-revision-key.ts'

it('writes a revision as etcd does', () => {
  expect(etcdRevisionKey(2 ** 40 + 258, 3, false).toString('hex')).toBe('00000100000001025f0000000000000003')
  expect(etcdRevisionKey(2 ** 32 - 1, 2 ** 33, true).toString('hex')).toBe('00000000ffffffff5f000000020000000074')
})

it('reads what it has written, however large the numbers', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.boolean(), (main, sub, tombstone) => {
      for (const key of [etcdRevisionKey(main, sub, tombstone), etcdRevisionKeyView(main, sub, tombstone)])
        expect(parseEtcdRevisionKey(key)).toEqual({ main, sub, tombstone })
    }),
  )
})
