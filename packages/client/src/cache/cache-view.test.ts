import { expect, it } from 'vitest'
import { KeyValue } from '../keys/key-value.ts'
import { CacheView } from './cache-view.ts'

function kv(key: string, modRevision: bigint): KeyValue {
  const raw = {
    key: Buffer.from(key),
    value: Buffer.from(`${modRevision}`),
    version: 1n,
    createRevision: 1n,
    lease: 0n,
  }
  return new KeyValue({ ...raw, modRevision })
}

function told(changes: ReturnType<CacheView['become']>): string[] {
  return changes.map(({ type, key, previous, current }) => `${type} ${key} ${previous?.text()}→${current?.text()}`)
}

it('says what is different in the next view, piece by piece and out of order as it came', () => {
  const view = new CacheView()
  const first = view.next()
  first.add([kv('b', 1n), kv('c', 1n)])
  first.add([kv('a', 1n)])
  expect(told(view.become(first))).toEqual(['added a undefined→1', 'added b undefined→1', 'added c undefined→1'])
  const second = view.next()
  second.add([kv('a', 1n), kv('c', 2n)])
  expect(view.names()).toEqual(['a', 'b', 'c'])
  expect(told(view.become(second))).toEqual(['removed b 1→undefined', 'changed c 1→2'])
  expect(view.names()).toEqual(['a', 'c'])
})

it('compares the next view with what is there when it comes, though that was replaced meanwhile', () => {
  const view = new CacheView()
  const listed = view.next()
  listed.add([kv('a', 2n), kv('b', 1n)])
  const restored = view.next()
  restored.add([kv('a', 1n), kv('z', 1n)])
  view.become(restored)
  expect(told(view.become(listed))).toEqual(['changed a 1→2', 'added b undefined→1', 'removed z 1→undefined'])
  expect(view.size).toBe(2)
})
