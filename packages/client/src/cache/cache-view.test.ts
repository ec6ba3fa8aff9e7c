import { atOnce } from '@waypost/core'
import { describe, expect, it } from 'vitest'
import { KeyValue } from '../keys/key-value.ts'
import type { CacheChange } from './cache-changes.ts'
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

function told(changes: readonly CacheChange[]): string[] {
  return changes.map(({ type, key, previous, current }) => `${type} ${key} ${previous?.text()}→${current?.text()}`)
}

it('says what is different in the next view, piece by piece and out of order as it came', () => {
  const view = new CacheView()
  const first = view.next()
  first.add([kv('b', 1n), kv('c', 1n)])
  first.add([kv('a', 1n)])
  expect(told(atOnce(view.become(first)))).toEqual([
    'added a undefined→1',
    'added b undefined→1',
    'added c undefined→1',
  ])
  const second = view.next()
  second.add([kv('a', 1n), kv('c', 2n)])
  expect(view.names()).toEqual(['a', 'b', 'c'])
  expect(told(atOnce(view.become(second)))).toEqual(['removed b 1→undefined', 'changed c 1→2'])
  expect(view.names()).toEqual(['a', 'c'])
})

it('compares the next view with what is there when it comes, though that was replaced meanwhile', () => {
  const view = new CacheView()
  const listed = view.next()
  listed.add([kv('a', 2n), kv('b', 1n)])
  const restored = view.next()
  restored.add([kv('a', 1n), kv('z', 1n)])
  atOnce(view.become(restored))
  expect(told(atOnce(view.become(listed)))).toEqual(['changed a 1→2', 'added b undefined→1', 'removed z 1→undefined'])
  expect(view.size).toBe(2)
})

describe('a revision of very many changes', () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => `k${String(index).padStart(4, '0')}`)

  /** Puts keys whose number can be divided by 3, deletes those by 2. */
  const events = keys.flatMap((key, index) => [
    ...(index % 3 === 0 ? [{ type: 'put' as const, key, kv: kv(key, 2n), previous: undefined }] : []),
    ...(index % 2 === 0 ? [{ type: 'delete' as const, key, kv: kv(key, 2n), previous: undefined }] : []),
  ])

  /** Every key is there but each fifth. */
  function filled(): CacheView {
    const view = new CacheView()
    const first = view.next()
    first.add(keys.filter((_, index) => index % 5 !== 0).map((key) => kv(key, 1n)))
    atOnce(view.become(first))
    return view
  }

  it('is seen as a whole, and can be interrupted every few of them', () => {
    const view = filled()
    const names = view.names()
    const seen = new Set<string>()
    let interruptions = 0
    const work = view.apply(events)
    let step = work.next()
    for (; !step.done; step = work.next()) {
      interruptions += 1
      seen.add(`${view.size} ${view.names() === names} ${view.get('k0003')?.text()}`)
    }
    expect([...seen]).toEqual(['4000 true 1'])
    expect(interruptions).toBeGreaterThan(300)
    const left = keys.filter((_, index) => index % 2 !== 0 && (index % 5 !== 0 || index % 3 === 0))
    expect(view.names()).toEqual(left)
    expect(view.size).toBe(left.length)
    expect(view.get('k0003')?.text()).toBe('2')
    expect(step.value.map(({ key }) => key)).toEqual(step.value.map(({ key }) => key).sort())
    expect(step.value.filter(({ type }) => type === 'removed')).toHaveLength(2_000)
  })
})
