import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireOrSkip } from '../src/index.ts'
import { op } from '../src/wire/requests.ts'
import { text } from '../src/wire/view.ts'
import type { WatchStream } from '../src/wire/watch-stream.ts'
import type { Wire } from '../src/wire/wire.ts'
import { type Pair, startPair } from './beside-etcd.test-support.ts'

const long = process.env.WAYPOST_LONG === '1'
const runs = requireOrSkip('fragments beside etcd', 'etcd')
const timeout = 180_000
/** All of one transaction stays below etcd's limit of 1.5 MiB for a request. */
const kilobytes = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 9, arbitrary: fc.integer({ min: 230, max: 290 }) },
)
const writes = fc.array(fc.array(kilobytes, { minLength: 4, maxLength: 5 }), { minLength: 2, maxLength: 4 })
const watcher = fc.record({
  fragment: fc.boolean(),
  prevKv: fc.constantFrom(true, true, false),
  filters: fc.constantFrom<number[]>([], [], [0], [1]),
  end: fc.constantFrom('', '2', '\0'),
})
const watchers = fc.array(watcher, { minLength: 1, maxLength: 4 })
type WatcherOptions = typeof watcher extends fc.Arbitrary<infer O> ? O : never

interface Piece {
  readonly fragment: boolean
  readonly events: readonly string[]
}

/** What each watcher is told, piece by piece. */
async function pieces(
  wire: Wire,
  prefix: string,
  sizes: readonly (readonly number[])[],
  wanted: readonly WatcherOptions[],
): Promise<Map<bigint, Piece[]>> {
  const watch = wire.watch()
  const keyOf = (index: number): string => `${prefix}1${index || ''}`
  try {
    for (const { end, ...options } of wanted)
      await watch.create(`${prefix}1`, { ...options, end: end === '2' ? `${prefix}2` : end })
    const told = new Map<bigint, Piece[]>()
    for (const group of sizes) {
      await wire.txn({ success: group.map((size, index) => op.put(keyOf(index), 'x'.repeat(size * 1024))) })
      // One after the other, because who reads slowly may be told of several revisions at once.
      await read(watch, told, countOf(wanted, 0, group.length))
    }
    const deleted = sizes[0]?.length ?? 0
    await wire.txn({ success: Array.from({ length: deleted }, (_, index) => op.delete(keyOf(index))) })
    await read(watch, told, countOf(wanted, 1, deleted))
    return told
  } finally {
    await watch.close()
  }
}

/** How many events of this type all watchers together are told, when `keys` keys change. */
function countOf(wanted: readonly WatcherOptions[], type: number, keys: number): number {
  return wanted
    .filter(({ filters }) => !filters.includes(type))
    .reduce((sum, { end }) => sum + (end === '' ? 1 : keys), 0)
}

async function read(watch: WatchStream, told: Map<bigint, Piece[]>, count: number): Promise<void> {
  for (let done = 0; done < count; ) {
    const { watchId, fragment, events } = await watch.next()
    done += events.length
    const list = told.get(watchId) ?? []
    told.set(watchId, list)
    list.push({
      fragment,
      events: events.map(
        ({ type, kv, prevKv }) => `${type} ${kv && text(kv.key)} ${kv?.value.length} ${prevKv?.value.length ?? 'none'}`,
      ),
    })
  }
}

describe.skipIf(!runs)('watches in fragments', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await startPair()
  })
  afterAll(() => pair?.close())

  it('are cut where etcd cuts them', { timeout }, async () => {
    let cut = 0
    let serial = 0
    await fc.assert(
      fc.asyncProperty(writes, watchers, async (sizes, wanted) => {
        const prefix = `${serial++}/`
        const [model, ours] = await Promise.all([
          pieces(pair.etcd, prefix, sizes, wanted),
          pieces(pair.ours, prefix, sizes, wanted),
        ])
        for (const [id, list] of model) expect(ours.get(id), `watcher ${id}`).toEqual(list)
        expect(ours.size).toBe(model.size)
        for (const list of model.values()) for (const piece of list) if (piece.fragment) cut += 1
      }),
      { numRuns: long ? 400 : 25, endOnFailure: true },
    )
    expect(cut).toBeGreaterThan(0)
  })
})
