import type { WatchResponse } from '@waypost/protocol'
import { describe, expect, it, vi } from 'vitest'
import { type Change, summary, watchOf, watchTest } from './watch-hub.test-support.ts'

describe('creating a watcher', () => {
  it('answers before any event, with an id counted from 0', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    source.apply(['a', '1'])
    stream.create(watchOf('a'))
    await settle()
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r2 put a=1@2', '1 r2 created'])
  })

  it('honours a chosen id, a negative one too, and counts around it', async () => {
    const { open, settle } = watchTest()
    const { reader, stream } = open()
    for (const watchId of [1n, -5n, 0n, 0n]) stream.create(watchOf('a', { watchId }))
    await settle()
    expect(reader.take().map(({ watchId }) => watchId)).toEqual([1n, -5n, 0n, 2n])
  })

  it('refuses a duplicate id, an empty range and a negative start, each as created and canceled', async () => {
    const { open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { watchId: 3n }))
    stream.create(watchOf('a', { watchId: 3n }))
    stream.create(watchOf('b', { end: 'a' }))
    stream.create(watchOf('b', { end: 'b' }))
    stream.create(watchOf('a', { startRevision: -1n }))
    await settle()
    expect(summary(reader.take())).toEqual([
      '3 r1 created',
      '-1 r1 created canceled (mvcc: duplicate watch ID provided on the WatchStream)',
      '-1 r1 created canceled (mvcc: watcher range is empty)',
      '-1 r1 created canceled (mvcc: watcher range is empty)',
      '-1 r1 created canceled (etcdserver: mvcc: required revision has been compacted)',
    ])
  })
})

describe('telling of changes', () => {
  it('tells the watchers of the key and of every range around it, and no others', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    const watchers = [
      watchOf('b'),
      watchOf('a', { end: 'c' }),
      watchOf('b', { end: '\0' }),
      watchOf('c'),
      watchOf('c', { end: 'd' }),
    ]
    for (const request of watchers) stream.create(request)
    await settle()
    reader.take()
    source.apply(['b', '1'])
    expect(
      reader
        .take()
        .map(({ watchId }) => watchId)
        .sort(),
    ).toEqual([0n, 1n, 2n])
  })

  it('puts all events of a revision that a watcher watches into one response, in their order', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { end: 'b' }))
    await settle()
    source.apply(['a2', 'x'], ['z', 'x'], ['a1', 'x'])
    source.apply(['a2', undefined])
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r2 put a2=x@2 put a1=x@2', '0 r3 del a2@3'])
  })

  it('tells of a revision with very many events in slices: whole, in order, and before what follows it', async () => {
    const { source, open, settle } = watchTest()
    const changes = Array.from({ length: 3_000 }, (_, index): Change => [`k${index}`, 'x'.repeat(index % 50)])
    source.apply(...changes)
    const { reader, stream } = open()
    stream.create(watchOf('k', { end: 'l' }))
    stream.create(watchOf('k7'))
    stream.create(watchOf('l', { end: 'm' }))
    stream.create(watchOf('k', { end: 'l', fragment: true, prevKv: true }))
    stream.create(watchOf('k', { end: 'l', startRevision: 4n }))
    await settle()
    reader.take()
    source.apply(...changes.map(([key]): Change => [key, undefined]))
    expect(reader.take(), 'nothing was told in the turn of the change').toEqual([])
    stream.requestProgress()
    source.apply(['k1', 'later'], ['l1', 'later'])
    const cancelled = open()
    cancelled.stream.create(watchOf('k', { end: 'l' }))
    await vi.waitFor(async () => {
      await settle()
      expect(reader.received.some(({ watchId, events }) => watchId === -1n && events.length === 0)).toBe(true)
    })
    const told = reader.take()
    const ofWatcher = (id: bigint): WatchResponse[] => told.filter(({ watchId }) => watchId === id)
    const keys = (id: bigint): string[] =>
      ofWatcher(id).flatMap(({ events }) => events.map(({ kv }) => Buffer.from(kv?.key ?? []).toString()))
    const all = [...changes.map(([key]) => key), 'k1']
    expect(keys(0n)).toEqual(all)
    expect(keys(1n)).toEqual(['k7'])
    expect(keys(2n)).toEqual(['l1'])
    expect(keys(3n)).toEqual(all)
    expect(ofWatcher(3n)[0]?.events[49]?.prevKv?.value).toHaveLength(49)
    expect(keys(4n)).toEqual(['k1'])
    // Progress comes last, when everybody knows everything.
    expect(told.at(-1)).toMatchObject({ watchId: -1n, header: { revision: 4n } })
    // Who begins to watch afterwards is not told of it.
    expect(summary(cancelled.reader.take())).toEqual(['0 r4 created'])
  })

  it('gives up telling of a large revision when its watch is cancelled, or its stream closed', async () => {
    const { source, hub, open, settle } = watchTest()
    const [one, other] = [open(), open()]
    one.stream.create(watchOf('k', { end: 'l' }))
    one.stream.create(watchOf('k', { end: 'l' }))
    other.stream.create(watchOf('k', { end: 'l' }))
    await settle()
    one.reader.take()
    source.apply(...Array.from({ length: 2_000 }, (_, index): Change => [`k${index}`, '1']))
    await new Promise((resolve) => setImmediate(resolve))
    one.stream.cancel(0n)
    other.stream.close()
    await vi.waitFor(async () => {
      await settle()
      expect(hub.laggingWatchers).toBe(0)
    })
    const told = one.reader.take()
    expect(told.find(({ watchId, canceled }) => watchId === 0n && canceled)).toBeDefined()
    expect(told.filter(({ watchId }) => watchId === 1n).flatMap(({ events }) => events)).toHaveLength(2_000)
    expect(other.reader.take().flatMap(({ events }) => events)).toEqual([])
  })

  it('writes what one stream gets of a revision in one piece', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    for (let count = 0; count < 100; count++) stream.create(watchOf('a'))
    await settle()
    expect(reader.writes).toHaveLength(1)
    source.apply(['a', '1'])
    expect(reader.writes).toHaveLength(2)
    expect(reader.take()).toHaveLength(200)
  })

  it('adds the previous value on request, never to a creation', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { prevKv: true }))
    stream.create(watchOf('a'))
    await settle()
    reader.take()
    source.apply(['a', '1'])
    source.apply(['a', '2'])
    source.apply(['a', undefined])
    source.apply(['a', '3'])
    expect(summary(reader.take()).filter((line) => line.startsWith('0 '))).toEqual([
      '0 r2 put a=1@2',
      '0 r3 put a=2@3 was 1',
      '0 r4 del a@4 was 2',
      '0 r5 put a=3@5',
    ])
  })

  it('filters kinds of events, and is silent when nothing is left', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { end: 'c', filters: [0] }))
    stream.create(watchOf('a', { end: 'c', filters: [1] }))
    stream.create(watchOf('a', { end: 'c', filters: [0, 1] }))
    await settle()
    reader.take()
    source.apply(['a', '1'])
    source.apply(['a', undefined], ['b', '2'])
    expect(summary(reader.take()).sort()).toEqual(['0 r3 del a@3', '1 r2 put a=1@2', '1 r3 put b=2@3'])
  })

  it('splits a response near 2 MiB for those who asked, marking all pieces but the last', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { end: 'b', fragment: true }))
    stream.create(watchOf('a', { end: 'b' }))
    await settle()
    reader.take()
    const value = 'x'.repeat(900_000)
    source.apply(['a1', value], ['a2', value], ['a3', value], ['a4', value], ['a5', value])
    const shape = reader.take().map(({ watchId, fragment, events }) => [watchId, fragment, events.length])
    expect(shape.filter(([id]) => id === 0n)).toEqual([
      [0n, true, 2],
      [0n, true, 2],
      [0n, false, 1],
    ])
    expect(shape.filter(([id]) => id === 1n)).toEqual([[1n, false, 5]])
  })

  it('tells nothing before the start revision, and everything from it on', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { startRevision: 4n }))
    for (const value of ['1', '2', '3', '4']) source.apply(['a', value])
    await settle()
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r4 put a=3@4', '0 r5 put a=4@5'])
  })
})

describe('cancelling', () => {
  it('confirms a known id and passes over an unknown one', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    stream.cancel(0n)
    stream.cancel(0n)
    stream.cancel(77n)
    source.apply(['a', '1'])
    await settle()
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r1 canceled'])
  })

  it('frees the id', async () => {
    const { open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { watchId: 4n }))
    stream.cancel(4n)
    stream.create(watchOf('a', { watchId: 4n }))
    await settle()
    expect(summary(reader.take())).toEqual(['4 r1 created', '4 r1 canceled', '4 r1 created'])
  })
})

describe('history', () => {
  it('replays from the start revision, then goes on live without a gap', async () => {
    const { source, open, settle } = watchTest()
    for (let count = 0; count < 2500; count++) source.apply([`a${count % 3}`, String(count)])
    const { reader, stream } = open()
    stream.create(watchOf('a', { end: 'b', startRevision: 2n }))
    await settle()
    source.apply(['a', 'while catching up'])
    for (let count = 0; count < 5; count++) await settle()
    source.apply(['a', 'live'])
    const responses = reader.take()
    const revisions = responses.flatMap(({ events }) => events.map(({ kv }) => kv?.modRevision))
    expect(revisions).toEqual(Array.from({ length: 2502 }, (_, index) => BigInt(index + 2)))
    expect(Math.max(...responses.map(({ events }) => events.length))).toBeLessThanOrEqual(1000)
  })

  it('tells a watcher whose start is compacted so, after having created it', async () => {
    const { source, open, settle } = watchTest()
    for (let count = 0; count < 10; count++) source.apply(['a', String(count)])
    source.compactRevision = 5
    const { reader, stream } = open()
    stream.create(watchOf('a', { startRevision: 4n }))
    stream.create(watchOf('a', { startRevision: 5n }))
    await settle()
    const lines = summary(reader.take())
    expect(lines.slice(0, 3)).toEqual(['0 r11 created', '1 r11 created', '0 r0 canceled compacted=5'])
    expect(lines[3]).toMatch(/^1 r11 put a=3@5 put a=4@6/)
  })

  it('reads history once for many watchers that are equally far behind', async () => {
    const { source, open, settle } = watchTest()
    for (let count = 0; count < 100; count++) source.apply(['a', String(count)])
    const { reader, stream } = open()
    for (let count = 0; count < 300; count++) stream.create(watchOf('a', { startRevision: BigInt(2 + (count % 50)) }))
    await settle()
    await settle()
    expect(source.historyReads).toBe(1)
    expect(reader.take().filter(({ events }) => events.length > 0)).toHaveLength(300)
  })
})

describe('a client that does not read', () => {
  it('is owed a bounded number of bytes, and gets everything from history once it reads', async () => {
    const highWaterBytes = 10_000
    const { source, open, settle } = watchTest({ highWaterBytes })
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    stream.create(watchOf('a'))
    await settle()
    reader.reading = false
    for (let count = 0; count < 1000; count++) source.apply(['a', 'x'.repeat(100)])
    await settle()
    expect(reader.writableBytes).toBeLessThan(2 * highWaterBytes)
    expect(reader.paused).toBe(true)
    reader.reading = true
    for (let round = 0; round < 100; round++) {
      reader.writableBytes = 0
      stream.drained()
      await settle()
    }
    expect(reader.paused).toBe(false)
    const events = reader
      .take()
      .flatMap(({ watchId, events }) => events.map(({ kv }) => `${watchId}@${kv?.modRevision}`))
    for (const id of [0, 1]) {
      const own = events.filter((line) => line.startsWith(`${id}@`))
      expect(own).toEqual(Array.from({ length: 1000 }, (_, index) => `${id}@${index + 2}`))
    }
  })

  it('is told nothing on any stream while its connection is full, and then everything', async () => {
    const { source, clock, hub, open, settle } = watchTest({ connectionHighWaterBytes: 10_000 })
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    source.apply(['a', '1'])
    await settle()
    reader.unreadElsewhere = 10_001
    source.apply(['a', '2'])
    stream.create(watchOf('a', { startRevision: 1n }))
    await clock.advance(1000)
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r2 put a=1@2', '1 r3 created'])
    expect(hub.laggingWatchers).toBe(2)
    reader.unreadElsewhere = 9000
    await clock.advance(100)
    await settle()
    expect(summary(reader.take())).toEqual(['0 r3 put a=2@3', '1 r3 put a=1@2 put a=2@3'])
    expect(hub.laggingWatchers).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not hold up others', async () => {
    const { source, open, settle } = watchTest({ highWaterBytes: 1000 })
    const slow = open()
    const quick = open()
    slow.stream.create(watchOf('a'))
    quick.stream.create(watchOf('a'))
    await settle()
    slow.reader.reading = false
    for (let count = 0; count < 100; count++) source.apply(['a', 'x'.repeat(100)])
    expect(quick.reader.take().filter(({ events }) => events.length > 0)).toHaveLength(100)
  })

  it('is told when what it missed was compacted meanwhile', async () => {
    const { source, open, settle } = watchTest({ highWaterBytes: 1000 })
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    await settle()
    reader.reading = false
    for (let count = 0; count < 100; count++) source.apply(['a', 'x'.repeat(100)])
    source.compactRevision = 99
    reader.take()
    reader.writableBytes = 0
    stream.drained()
    await settle()
    expect(summary(reader.take())).toEqual(['0 r0 canceled compacted=99'])
  })
})

describe('progress', () => {
  it('is answered at once when every watcher is up to date, behind its events', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    await settle()
    source.apply(['a', '1'])
    source.apply(['z', '1'])
    stream.requestProgress()
    await settle()
    expect(summary(reader.take())).toEqual(['0 r1 created', '0 r2 put a=1@2', '-1 r3'])
  })

  it('waits for the watchers that are behind, and comes after their events', async () => {
    const { source, open, settle } = watchTest()
    for (let count = 0; count < 1500; count++) source.apply(['a', String(count)])
    const { reader, stream } = open()
    stream.create(watchOf('a', { startRevision: 2n }))
    stream.create(watchOf('b'))
    stream.requestProgress()
    stream.requestProgress()
    for (let count = 0; count < 4; count++) await settle()
    const responses = reader.take()
    expect(summary(responses).at(-1)).toBe('-1 r1501')
    expect(responses.filter(({ watchId }) => watchId === -1n)).toHaveLength(1)
  })

  it('is silent while a watcher waits for a revision to come', async () => {
    const { source, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a'))
    stream.create(watchOf('a', { startRevision: 3n }))
    await settle()
    reader.take()
    stream.requestProgress()
    await settle()
    expect(reader.take()).toEqual([])
    source.apply(['z', '1'])
    source.apply(['z', '1'])
    stream.requestProgress()
    await settle()
    expect(summary(reader.take())).toEqual(['-1 r3'])
  })

  it('is told every ten minutes to those who asked and heard nothing else', async () => {
    const { source, clock, open } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { progressNotify: true }))
    stream.create(watchOf('b', { progressNotify: true }))
    stream.create(watchOf('c'))
    stream.create(watchOf('d', { progressNotify: true, startRevision: 100n }))
    await clock.advance(9.9 * 60_000)
    expect(summary(reader.take())).toHaveLength(4)
    source.apply(['a', '1'])
    await clock.advance(1.2 * 60_000)
    expect(summary(reader.take())).toEqual(['0 r2 put a=1@2', '1 r2'])
    await clock.advance(11 * 60_000)
    expect(summary(reader.take()).sort()).toEqual(['0 r2', '1 r2'])
  })
})

describe('a defect', () => {
  it('while telling of a revision ends the streams concerned, so that their clients resume, and no others', async () => {
    const { source, open, settle } = watchTest()
    const [hit, spared] = [open(), open()]
    hit.stream.create(watchOf('a', { prevKv: true }))
    spared.stream.create(watchOf('b', { prevKv: true }))
    await settle()
    source.apply(['a', '1'], ['b', '1'])
    const previous = source.previous
    source.previous = () => {
      throw new Error('unreadable')
    }
    source.apply(['a', '2'])
    source.previous = previous
    source.apply(['a', '3'], ['b', '2'])
    expect(hit.reader.failure).toMatchObject({ message: 'unreadable' })
    expect(summary(hit.reader.take())).toEqual(['0 r1 created', '0 r2 put a=1@2'])
    expect(spared.reader.failure).toBeUndefined()
    expect(summary(spared.reader.take()).at(-1)).toBe('0 r4 put b=2@4 was 1')
  })

  it('while reading history does the same', async () => {
    const { source, open, settle } = watchTest()
    source.apply(['a', '1'])
    source.history = () => {
      throw new Error('unreadable')
    }
    const { reader, stream } = open()
    stream.create(watchOf('a', { startRevision: 2n }))
    await settle()
    await settle()
    expect(reader.failure).toMatchObject({ message: 'unreadable' })
  })
})

describe('closing', () => {
  it('leaves no timer and no watcher behind', async () => {
    const { source, clock, hub, open, settle } = watchTest()
    const { reader, stream } = open()
    stream.create(watchOf('a', { progressNotify: true }))
    stream.create(watchOf('a', { startRevision: 1n }))
    stream.close()
    stream.close()
    await settle()
    source.apply(['a', '1'])
    expect(reader.take()).toEqual([])
    expect(hub.streams).toBe(0)
    hub.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
