import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyTable } from './key-table.ts'
import { KeyTree } from './key-tree.ts'
import { encodeKeyValue, encodeTombstone } from './kv-bytes.ts'

const everything = { start: '', end: undefined, single: false }

interface Version {
  readonly key: string
  readonly isTombstone: boolean
  readonly lease: bigint
}

/** What the index of these versions is when it grows change by change, and when it is read at once. */
function indexes(versions: readonly Version[]): { grown: KeyTree; read: KeyTree; attached: string[] } {
  const grown = new KeyTree()
  const table = new KeyTable()
  versions.forEach(({ key, isTombstone, lease }, index) => {
    const main = index + 2
    const entry = grown.findOrInsert(key)
    const wasLive = entry.live
    entry.advance(main, 0)
    entry.createRevision = isTombstone ? 0 : wasLive ? entry.createRevision : main
    entry.version = isTombstone ? 0 : entry.version + 1
    entry.lease = isTombstone ? 0n : lease
    if (entry.live !== wasLive) grown.adjustLive(key, entry.live ? 1 : -1)
    const bytes = Buffer.from(key, 'latin1')
    const kv = isTombstone
      ? encodeTombstone(bytes)
      : encodeKeyValue(bytes, entry.createRevision, main, entry.version, Buffer.from('value'), lease)
    entry.bytes = kv.length
    table.add(main, 0, isTombstone, Buffer.concat([Buffer.from('before'), kv, Buffer.from('behind')]), 6, 6 + kv.length)
  })
  const read = new KeyTree()
  const attached: string[] = []
  const attach = (lease: bigint, key: string): void => void attached.push(`${lease} ${key}`)
  table.moveTo(read, { attach, detach() {}, detachLater() {}, releaseDetached() {} })
  return { grown, read, attached }
}

function entriesOf(tree: KeyTree): unknown[] {
  const entries: unknown[] = []
  tree.scan(everything, (entry) => {
    const { key, main, sub, createRevision, version, lease, bytes } = entry
    const before = Array.from({ length: 12 }, (_, back) => {
      const found = entry.revisionAt(main - 1 - back)
      return found && `${found.main}.${found.sub}`
    })
    entries.push({ key, main, sub, createRevision, version, lease, bytes, before })
    return true
  })
  return entries
}

describe('KeyTable', () => {
  it('makes the index that the same changes make one by one', () => {
    const key = fc.string({ unit: fc.constantFrom('', 'a', 'b', '/', '\u00ff', '\u0000'), maxLength: 4 })
    const version = fc.record({ key, isTombstone: fc.boolean(), lease: fc.constantFrom(0n, 7n, -1n) })
    fc.assert(
      fc.property(fc.array(version, { maxLength: 60 }), (versions) => {
        const { grown, read, attached } = indexes(versions)
        // Asked before anything is unpacked.
        expect(read.countLive(everything)).toBe(grown.countLive(everything))
        expect(read.size).toBe(grown.size)
        expect(entriesOf(read)).toEqual(entriesOf(grown))
        const leased = (entriesOf(grown) as { key: string; lease: bigint }[]).filter(({ lease }) => lease !== 0n)
        expect(attached).toEqual(leased.map((entry) => `${entry.lease} ${entry.key}`))
      }),
      { numRuns: 300 },
    )
  })

  it('holds more keys than one chunk, in any order, and takes new ones afterwards', () => {
    const versions = Array.from({ length: 3_000 }, (_, index) => ({
      key: `key/${(index * 1_009) % 2_000}`,
      isTombstone: index % 7 === 3,
      lease: 0n,
    }))
    const { grown, read } = indexes(versions)
    for (const tree of [grown, read]) {
      for (const added of ['a', 'key/1000/x', 'z']) {
        const entry = tree.findOrInsert(added)
        entry.advance(9_999, 0)
        entry.createRevision = 9_999
        tree.adjustLive(added, 1)
      }
    }
    const part = { start: 'key/15', end: 'key/5', single: false }
    expect(read.countLive(part)).toBe(grown.countLive(part))
    expect(entriesOf(read)).toEqual(entriesOf(grown))
  })
})
