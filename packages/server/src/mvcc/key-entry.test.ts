import { describe, expect, it } from 'vitest'
import { KeyEntry } from './key-entry.ts'

/** Put at 2, put at 5, delete at 7. */
function example(): KeyEntry {
  const entry = new KeyEntry('k')
  entry.advance(2, 0)
  entry.createRevision = 2
  entry.advance(5, 3)
  entry.advance(7, 1)
  entry.createRevision = 0
  return entry
}

function compact(entry: KeyEntry, at: number): { dropped: string[]; isGone: boolean } {
  const dropped: string[] = []
  const outcome = entry.compact(at, (main, sub, tombstone) => dropped.push(`${main}.${sub}${tombstone ? 't' : ''}`))
  return { dropped, isGone: outcome === 'gone' }
}

describe('KeyEntry', () => {
  it('finds the version that was current at a revision', () => {
    const entry = example()
    expect(entry.revisionAt(1)).toBeUndefined()
    expect(entry.revisionAt(2)).toEqual({ main: 2, sub: 0 })
    expect(entry.revisionAt(4)).toEqual({ main: 2, sub: 0 })
    expect(entry.revisionAt(6)).toEqual({ main: 5, sub: 3 })
    expect(entry.revisionAt(7)).toBeUndefined()
  })

  it('finds nothing at a tombstone in the middle, and the next life after it', () => {
    const entry = example()
    entry.advance(9, 0)
    entry.createRevision = 9
    expect(entry.revisionAt(8)).toBeUndefined()
    expect(entry.revisionAt(9)).toMatchObject({ main: 9, sub: 0 })
  })

  it.each([
    { at: 1, dropped: [], isGone: false },
    { at: 4, dropped: [], isGone: false },
    { at: 5, dropped: ['2.0'], isGone: false },
    { at: 6, dropped: ['2.0'], isGone: false },
    { at: 7, dropped: ['2.0', '5.3'], isGone: false },
    { at: 8, dropped: ['2.0', '5.3', '7.1t'], isGone: true },
  ])('compacted at $at drops $dropped', ({ at, ...expected }) => {
    expect(compact(example(), at)).toEqual(expected)
  })

  it('forgets many versions a few at a time, the oldest first', () => {
    const entry = example()
    const dropped: number[] = []
    const step = () => entry.compact(8, (main) => dropped.push(main), 1)
    expect([step(), dropped.splice(0)]).toEqual(['unfinished', [2]])
    expect([step(), dropped.splice(0)]).toEqual(['gone', [5, 7]])
  })

  it('keeps a tombstone exactly at the compacted revision, and drops it with the next compaction', () => {
    const entry = example()
    entry.advance(9, 0)
    entry.createRevision = 9
    expect(compact(entry, 7)).toEqual({ dropped: ['2.0', '5.3'], isGone: false })
    expect(compact(entry, 8)).toEqual({ dropped: ['7.1t'], isGone: false })
    expect(entry.revisionAt(9)).toMatchObject({ main: 9 })
  })
})
