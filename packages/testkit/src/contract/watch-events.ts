import { type Event, WatchCreateRequest_FilterType as Filter } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { op } from '../wire/requests.ts'
import { eventView, kvView, text } from '../wire/view.ts'
import type { WatchStream } from '../wire/watch-stream.ts'
import type { ContractSuite } from './contract-store.ts'
import { revisionOf } from './current-revision.ts'
import { keyScope } from './key-scope.ts'

/** Which events a watcher is sent, and what is in them. */
export const watchEventsContract: ContractSuite = (store) => {
  describe('Watch: which keys', () => {
    it('an empty end means one key', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('b'))
      for (const name of ['a', 'b\0', 'bb', 'c', 'b']) await wire.put(key(name))
      expect((await watch.next()).events.map(keyOf)).toEqual([key('b')])
      await watch.close()
    })

    it('a range is half-open', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('b'), { end: key('d') })
      for (const name of ['a', 'd', 'b', 'cc', 'e', 'd']) await wire.put(key(name))
      expect(await take(watch, 2)).toEqual([key('b'), key('cc')])
      await watch.close()
    })

    it('an end of one zero byte means every key from the start on', async () => {
      const { wire } = store()
      const key = keyScope()
      const start = Buffer.from([0xfe])
      const watch = wire.watch()
      await watch.create(start, { end: '\0' })
      await wire.put(key('below'))
      await wire.put(Buffer.from([0xff, 0xff]))
      const { events } = await watch.next()
      expect(events.map((event) => Buffer.from(event.kv?.key ?? []).toString('hex'))).toEqual(['ffff'])
      await wire.delete(start, { end: '\0' })
      await watch.close()
    })

    it('an empty key with an end of one zero byte means every key', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create('', { end: '\0' })
      await wire.put(key('a'))
      expect((await watch.next()).events.map(keyOf)).toEqual([key('a')])
      await watch.close()
    })
  })

  describe('Watch: several watchers', () => {
    it('of ranges that begin alike and end differently are told of their own keys, and leave one by one', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      const ends = ['', key('c'), key('e'), key.end, '\0'].map((end, index) => ({ id: BigInt(index + 1), end }))
      for (const { id, end } of ends) await watch.create(key('a'), { end, watchId: id })
      const told = async (name: string, count: number): Promise<bigint[]> => {
        await wire.put(key(name))
        const ids: bigint[] = []
        while (ids.length < count) {
          const { watchId, events } = await watch.next()
          expect(events.map(keyOf)).toEqual([key(name)])
          ids.push(watchId)
        }
        return ids.sort()
      }
      expect(await told('a', 5)).toEqual([1n, 2n, 3n, 4n, 5n])
      expect(await told('b', 4)).toEqual([2n, 3n, 4n, 5n])
      expect(await told('d', 3)).toEqual([3n, 4n, 5n])
      expect(await told('f', 2)).toEqual([4n, 5n])
      for (const id of [3n, 1n, 5n]) {
        watch.requestCancel(id)
        expect(await watch.next()).toMatchObject({ watchId: id, canceled: true })
      }
      expect(await told('b', 2)).toEqual([2n, 4n])
      expect(await told('f', 1)).toEqual([4n])
      await watch.close()
    })

    it('of the same key on many streams are all told', async () => {
      const { wire } = store()
      const key = keyScope()
      const watches = Array.from({ length: 20 }, () => wire.watch())
      for (const watch of watches) for (let n = 0; n < 10; n++) await watch.create(key('a'))
      const revision = revisionOf(await wire.put(key('a')))
      for (const watch of watches) {
        const ids = new Set<bigint>()
        while (ids.size < 10) {
          const { watchId, events } = await watch.next()
          expect(events.map((event) => event.kv?.modRevision)).toEqual([revision])
          ids.add(watchId)
        }
        await watch.close()
      }
    })
  })

  describe('Watch: what an event tells', () => {
    it('a PUT has the whole pair', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'))
      const { id: lease } = await wire.grant(600n)
      const revision = revisionOf(await wire.put(key('a'), '1', { lease }))
      const answer = await watch.next()
      expect(answer.events.map(eventView)).toEqual([
        {
          type: 'PUT',
          kv: { key: key('a'), value: '1', create: revision, mod: revision, version: 1n, lease },
          prev: undefined,
        },
      ])
      expect(answer).toMatchObject({ created: false, canceled: false, compactRevision: 0n, fragment: false })
      expect(revisionOf(answer)).toBe(revision)
      await watch.close()
    })

    it('a DELETE has the key and its mod_revision only', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const watch = wire.watch()
      await watch.create(key('a'))
      const mod = revisionOf(await wire.delete(key('a')))
      const { events } = await watch.next()
      expect(events.map(eventView)).toEqual([
        {
          type: 'DELETE',
          kv: { key: key('a'), value: '', create: 0n, mod, version: 0n, lease: 0n },
          prev: undefined,
        },
      ])
      await watch.close()
    })

    for (const replayed of [false, true]) {
      const how = replayed ? 'replayed' : 'live'
      it(`prev_kv is what was there before, never for a creation (${how})`, async () => {
        const { wire } = store()
        const key = keyScope()
        const first = revisionOf(await wire.put(key('other'), '1')) + 1n
        const watch = wire.watch()
        if (!replayed) await watch.create(key('a'), { prevKv: true })
        await wire.put(key('a'), '1')
        await wire.put(key('a'), '2')
        await wire.delete(key('a'))
        await wire.put(key('a'), '3')
        if (replayed) await watch.create(key('a'), { prevKv: true, startRevision: first })
        const events = (await takeEvents(watch, 4)).map(eventView)
        expect(events.map((event) => event.prev?.value)).toEqual([undefined, '1', '2', undefined])
        expect(events[1]?.prev).toEqual(events[0]?.kv)
        expect(events[2]?.prev).toEqual(events[1]?.kv)
        await watch.close()
      })
    }

    it('prev_kv is absent when it has been compacted', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const second = revisionOf(await wire.put(key('a'), '2'))
      await wire.put(key('a'), '3')
      await wire.compact(second, { physical: true })
      const watch = wire.watch()
      await watch.create(key('a'), { prevKv: true, startRevision: second })
      const events = (await takeEvents(watch, 2)).map(eventView)
      expect(events.map((event) => event.prev?.value)).toEqual([undefined, '2'])
      await watch.close()
    })
  })

  describe('Watch: order and wholeness', () => {
    for (const replayed of [false, true]) {
      const how = replayed ? 'replayed' : 'live'
      it(`all events of a revision come in one response, in the order of the operations (${how})`, async () => {
        const { wire } = store()
        const key = keyScope()
        const before = revisionOf(await wire.put(key('z'), 'x'))
        const watch = wire.watch()
        if (!replayed) await watch.create(key.all, { end: key.end })
        await wire.txn({
          success: [op.put(key('c')), op.put(key('a')), op.delete(key('z')), op.txn({ success: [op.put(key('b'))] })],
        })
        if (replayed) await watch.create(key.all, { end: key.end, startRevision: before + 1n })
        const { events } = await watch.next()
        expect(events.map((event) => `${eventView(event).type} ${keyOf(event)}`)).toEqual([
          `PUT ${key('c')}`,
          `PUT ${key('a')}`,
          `DELETE ${key('z')}`,
          `PUT ${key('b')}`,
        ])
        expect(new Set(events.map((event) => event.kv?.modRevision))).toEqual(new Set([before + 1n]))
        await watch.close()
      })
    }

    it('a deleted range is one event per key, in the order of the keys', async () => {
      const { wire } = store()
      const key = keyScope()
      for (const letter of 'cab') await wire.put(key(letter))
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end })
      await wire.delete(key.all, { end: key.end })
      expect((await watch.next()).events.map(keyOf)).toEqual(['a', 'b', 'c'].map(key))
      await watch.close()
    })

    it('a key put and deleted twice in one transaction shows every step', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end })
      await wire.txn({ success: [op.put(key('a'), '1'), op.put(key('b'), '2')] })
      await wire.txn({ success: [op.delete(key('a')), op.delete(key('a')), op.delete(key('b'))] })
      const types = (await takeEvents(watch, 4)).map((event) => eventView(event).type)
      expect(types).toEqual(['PUT', 'PUT', 'DELETE', 'DELETE'])
      await watch.close()
    })

    it('starts at the revision asked for and goes on live, without gap or repetition', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '0'))
      for (let n = 1; n < 50; n++) await wire.put(key('a'), `${n}`)
      const watch = wire.watch()
      watch.requestCreate(key('a'), { startRevision: first + 10n })
      const live = Promise.all(Array.from({ length: 50 }, (_, n) => wire.put(key('a'), `${50 + n}`)))
      expect((await watch.next()).created).toBe(true)
      const events = await takeEvents(watch, 90)
      await live
      const revisions = events.map((event) => event.kv?.modRevision)
      expect(revisions).toEqual(Array.from({ length: 90 }, (_, n) => first + 10n + BigInt(n)))
      await watch.close()
    })

    it('holds at most 1000 revisions in a response when it catches up', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a')))
      await Promise.all(Array.from({ length: 2_200 }, () => wire.put(key('a'))))
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: first })
      const sizes: number[] = []
      const revisions: (bigint | undefined)[] = []
      while (revisions.length < 2_201) {
        const { events } = await watch.next()
        sizes.push(events.length)
        revisions.push(...events.map((event) => event.kv?.modRevision))
      }
      expect(Math.max(...sizes)).toBe(1_000)
      expect(revisions).toEqual(Array.from({ length: 2_201 }, (_, n) => first + BigInt(n)))
      await watch.close()
    })

    it('replays a slow watcher from history: nothing is dropped', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'))
      watch.pause()
      const value = 'x'.repeat(4_000)
      for (let round = 0; round < 15; round++) {
        await Promise.all(Array.from({ length: 100 }, (_, n) => wire.put(key('a'), `${round * 100 + n} ${value}`)))
      }
      watch.resume()
      const events = await takeEvents(watch, 1_500)
      const first = events[0]?.kv?.modRevision ?? 0n
      expect(events.map((event) => event.kv?.modRevision)).toEqual(
        Array.from({ length: 1_500 }, (_, n) => first + BigInt(n)),
      )
      await watch.close()
    })

    it('a slow watcher that a compaction overtakes is told so', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'))
      watch.pause()
      const value = 'x'.repeat(4_000)
      let last = 0n
      for (let round = 0; round < 20; round++) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => wire.put(key('a'), value)))
        for (const answer of answers) last = last > revisionOf(answer) ? last : revisionOf(answer)
      }
      await wire.compact(last)
      watch.resume()
      const revisions: bigint[] = []
      for (;;) {
        const { events, canceled, compactRevision } = await watch.next()
        revisions.push(...events.map((event) => event.kv?.modRevision ?? 0n))
        if (canceled) expect(compactRevision).toBe(last)
        if (canceled || revisions.at(-1) === last) break
      }
      // What it was told before is without a gap.
      const [first = 0n] = revisions
      expect(revisions).toEqual(revisions.map((_, n) => first + BigInt(n)))
      await watch.close()
    })

    it('a start in the future sends nothing until it is reached', async () => {
      const { wire } = store()
      const key = keyScope()
      const current = revisionOf(await wire.put(key('a'), '0'))
      const watch = wire.watch()
      const future = await watch.create(key('a'), { startRevision: current + 3n, watchId: 1n })
      expect([future.canceled, revisionOf(future)]).toEqual([false, current])
      await watch.create(key('a'), { watchId: 2n })
      for (let n = 1; n <= 4; n++) await wire.put(key('a'), `${n}`)
      const seen: Record<string, string[]> = { 1: [], 2: [] }
      while ((seen[1]?.length ?? 0) < 2 || (seen[2]?.length ?? 0) < 4) {
        const { watchId, events } = await watch.next()
        seen[`${watchId}`]?.push(...events.map((event) => text(event.kv?.value ?? Buffer.alloc(0))))
      }
      expect(seen).toEqual({ 1: ['3', '4'], 2: ['1', '2', '3', '4'] })
      await watch.close()
    })
  })

  describe('Watch: filters', () => {
    for (const [name, filters, passes] of [
      ['NOPUT', [Filter.NOPUT], ['DELETE', 'DELETE']],
      ['NODELETE', [Filter.NODELETE], ['PUT', 'PUT']],
      ['no filter', [], ['PUT', 'DELETE', 'PUT', 'DELETE']],
    ] as const) {
      for (const replayed of [false, true]) {
        it(`${name} lets pass ${[...new Set(passes)].join(' and ')} (${replayed ? 'replayed' : 'live'})`, async () => {
          const { wire } = store()
          const key = keyScope()
          const start = revisionOf(await wire.put(key('x'))) + 1n
          const watch = wire.watch()
          const filtered = { filters: [...filters], end: key.end }
          if (!replayed) await watch.create(key.all, filtered)
          for (let round = 0; round < 2; round++) {
            await wire.put(key('a'))
            await wire.delete(key('a'))
          }
          if (replayed) await watch.create(key.all, { ...filtered, startRevision: start })
          const events = await takeEvents(watch, passes.length)
          expect(events.map((event) => eventView(event).type)).toEqual(passes)
          await watch.close()
        })
      }
    }

    it('filters that remove everything send nothing', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'), { filters: [Filter.NOPUT, Filter.NODELETE], watchId: 1n })
      await watch.create(key('a'), { watchId: 2n })
      await wire.put(key('a'))
      await wire.delete(key('a'))
      expect([(await watch.next()).watchId, (await watch.next()).watchId]).toEqual([2n, 2n])
      await watch.close()
    })

    it('a response of which a part is removed keeps the rest', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'))
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, filters: [Filter.NOPUT] })
      await wire.txn({ success: [op.put(key('b')), op.delete(key('a')), op.put(key('c'))] })
      expect((await watch.next()).events.map(keyOf)).toEqual([key('a')])
      await watch.close()
    })
  })

  describe('Watch: revocations', () => {
    it('the keys of a revoked lease go in one revision, sorted', async () => {
      const { wire } = store()
      const key = keyScope()
      const { id: lease } = await wire.grant(600n)
      for (const letter of 'cab') await wire.put(key(letter), letter, { lease })
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, prevKv: true })
      const revision = revisionOf(await wire.revoke(lease))
      const { events } = await watch.next()
      expect(events.map(keyOf)).toEqual(['a', 'b', 'c'].map(key))
      expect(events.map((event) => event.kv?.modRevision)).toEqual([revision, revision, revision])
      expect(events.map((event) => event.prevKv && kvView(event.prevKv).lease)).toEqual([lease, lease, lease])
      await watch.close()
    })
  })
}

function keyOf(event: Event): string {
  return text(event.kv?.key ?? Buffer.alloc(0))
}

async function takeEvents(watch: WatchStream, count: number): Promise<Event[]> {
  const events: Event[] = []
  while (events.length < count) events.push(...(await watch.next()).events)
  return events
}

async function take(watch: WatchStream, count: number): Promise<string[]> {
  return (await takeEvents(watch, count)).map(keyOf)
}
