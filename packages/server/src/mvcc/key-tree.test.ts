import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeySpan } from './key-span.ts'
import { KeyTree } from './key-tree.ts'

/** The tree does not know how an entry becomes live, so the test does what a transaction does. */
function setLive(tree: KeyTree, key: string, live: boolean): void {
  const entry = tree.findOrInsert(key)
  if (entry.live === live) return
  entry.advance(entry.main + 1, 0)
  entry.createRevision = live ? entry.main : 0
  tree.adjustLive(key, live ? 1 : -1)
}

function keysOf(tree: KeyTree, span: KeySpan): string[] {
  const keys: string[] = []
  tree.scan(span, (entry) => {
    if (entry.live) keys.push(entry.key)
    return true
  })
  return keys
}

/** Few letters, so that keys collide and share prefixes; every byte value may occur. */
const anyKey = fc.string({
  unit: fc.constantFrom('\0', '\x01', 'a', 'b', 'c', '/', '\x7f', '\x80', '\xff'),
  maxLength: 4,
})
const anySpan: fc.Arbitrary<KeySpan> = fc.record({
  start: anyKey,
  end: fc.option(anyKey, { nil: undefined }),
  single: fc.constant(false),
})

describe('KeyTree', () => {
  it('agrees with a sorted list of keys', () => {
    const anyStep = fc.record({ key: anyKey, action: fc.constantFrom('put', 'put', 'delete', 'remove') })
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 300 }), fc.array(anySpan, { maxLength: 5 }), (steps, spans) => {
        const tree = new KeyTree()
        const live = new Set<string>()
        for (const { key, action } of steps) {
          if (action === 'put') {
            setLive(tree, key, true)
            live.add(key)
          } else if (tree.find(key)) {
            setLive(tree, key, false)
            live.delete(key)
            if (action === 'remove') tree.remove(key)
          }
        }
        const sorted = [...live].sort()
        for (const span of [...spans, { start: '', end: undefined, single: false }]) {
          const expected = sorted.filter((key) => key >= span.start && (span.end === undefined || key < span.end))
          expect(keysOf(tree, span)).toEqual(expected)
          expect(tree.countLive(span)).toBe(expected.length)
        }
        for (const key of sorted) expect(tree.find(key)?.key).toBe(key)
      }),
    )
  })

  it.each(['ascending', 'descending', 'shuffled'])(
    'holds many keys that arrive %s, and lets them go again',
    (order) => {
      const count = 5_000
      const keys = Array.from({ length: count }, (_, index) => String(index).padStart(5, '0'))
      const arriving = order === 'descending' ? keys.toReversed() : order === 'shuffled' ? shuffled(keys) : keys
      const tree = new KeyTree()
      for (const key of arriving) setLive(tree, key, true)
      expect(tree.size).toBe(count)
      expect(keysOf(tree, { start: '01000', end: '01003', single: false })).toEqual(['01000', '01001', '01002'])
      expect(tree.countLive({ start: '00500', end: '04500', single: false })).toBe(4_000)
      for (const key of shuffled(keys).slice(0, count - 10)) {
        setLive(tree, key, false)
        tree.remove(key)
      }
      expect(tree.size).toBe(10)
      expect(tree.countLive({ start: '', end: undefined, single: false })).toBe(10)
    },
  )

  it('stops a scan when it is told to', () => {
    const tree = new KeyTree()
    for (const key of ['a', 'b', 'c']) setLive(tree, key, true)
    const seen: string[] = []
    tree.scan({ start: 'a', end: undefined, single: false }, (entry) => {
      seen.push(entry.key)
      return seen.length < 2
    })
    expect(seen).toEqual(['a', 'b'])
  })
})

/** The same order every time. */
function shuffled(keys: readonly string[]): string[] {
  return keys
    .map((key, index) => ({ key, at: (index * 7919) % keys.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ key }) => key)
}
