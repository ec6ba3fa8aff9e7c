import { describe, expect, it } from 'vitest'
import { eventView } from '../wire/view.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { keyScope } from './key-scope.ts'

/** How watchers come and go on a stream. */
export const watchCreateContract: ContractSuite = (store) => {
  describe('Watch: creation', () => {
    it('is answered with the id, the current revision and no events, before any event', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '1'))
      const current = revisionOf(await wire.put(key('a'), '2'))
      const watch = wire.watch()
      const created = await watch.create(key('a'), { startRevision: first })
      expect(created).toMatchObject({ watchId: 0n, created: true, canceled: false, cancelReason: '', events: [] })
      expect([revisionOf(created), created.compactRevision]).toEqual([current, 0n])
      expect((await watch.next()).events.length).toBeGreaterThan(0)
      await watch.close()
    })

    it('ids are given from 0 up, around those that were asked for', async () => {
      const watch = store().wire.watch()
      const key = keyScope()
      const ids: bigint[] = []
      for (const watchId of [1n, 0n, 0n, -5n, 0n, 1_000_000_000_000n, 0n]) {
        ids.push((await watch.create(key('a'), { watchId })).watchId)
      }
      expect(ids).toEqual([1n, 0n, 2n, -5n, 3n, 1_000_000_000_000n, 4n])
      await watch.close()
    })

    it('events carry the id of their watcher', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'), { watchId: 7n })
      await watch.create(key('b'), { watchId: -7n })
      await wire.put(key('b'), '1')
      expect((await watch.next()).watchId).toBe(-7n)
      await wire.put(key('a'), '1')
      expect((await watch.next()).watchId).toBe(7n)
      await watch.close()
    })

    it('an id in use is refused, and the stream and the first watcher live on', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'), { watchId: 3n })
      expect(await watch.create(key('b'), { watchId: 3n })).toMatchObject({
        watchId: -1n,
        created: true,
        canceled: true,
        cancelReason: 'mvcc: duplicate watch ID provided on the WatchStream',
      })
      await wire.put(key('b'), '1')
      await wire.put(key('a'), '1')
      const { watchId, events } = await watch.next()
      expect([watchId, events.map(eventView).map((event) => event.kv?.key)]).toEqual([3n, [key('a')]])
      await watch.close()
    })

    it('an id can be used again after its watcher was cancelled', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'), { watchId: 3n })
      watch.requestCancel(3n)
      expect((await watch.next()).canceled).toBe(true)
      expect(await watch.create(key('b'), { watchId: 3n })).toMatchObject({ watchId: 3n, canceled: false })
      await wire.put(key('b'), '1')
      expect((await watch.next()).watchId).toBe(3n)
      await watch.close()
    })

    for (const [what, at, end] of [
      ['equal to the start', 'b', 'b'],
      ['below the start', 'b', 'a'],
    ] as const) {
      it(`a range whose end is ${what} is refused`, async () => {
        const watch = store().wire.watch()
        const key = keyScope()
        expect(await watch.create(key(at), { end: key(end) })).toMatchObject({
          watchId: -1n,
          created: true,
          canceled: true,
          cancelReason: 'mvcc: watcher range is empty',
        })
        expect(await watch.create(key('a'))).toMatchObject({ watchId: 0n, canceled: false })
        await watch.close()
      })
    }

    it('a negative start revision is refused', async (context) => {
      notLike34(context, store(), 'negativeStart')
      const watch = store().wire.watch()
      const answer = await watch.create(keyScope()('a'), { startRevision: -1n })
      expect(answer).toMatchObject({ watchId: -1n, created: true, canceled: true, compactRevision: 0n })
      expect(answer.cancelReason).not.toBe('')
      await watch.close()
    })

    it('a start below the compacted revision is created, then cancelled with the compacted revision', async () => {
      const { wire } = store()
      const key = keyScope()
      const old = revisionOf(await wire.put(key('a'), '1'))
      const compacted = revisionOf(await wire.put(key('a'), '2'))
      await wire.compact(compacted)
      const watch = wire.watch()
      expect(await watch.create(key('a'), { startRevision: old })).toMatchObject({ watchId: 0n, canceled: false })
      const canceled = await watch.next()
      expect(canceled).toMatchObject({
        watchId: 0n,
        created: false,
        canceled: true,
        compactRevision: compacted,
        cancelReason: '',
        events: [],
      })
      expect(revisionOf(canceled)).toBe(0n)
      await watch.close()
    })

    it('a start at the compacted revision is legal', async () => {
      const { wire } = store()
      const key = keyScope()
      await wire.put(key('a'), '1')
      const compacted = revisionOf(await wire.put(key('a'), '2'))
      await wire.compact(compacted, { physical: true })
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: compacted })
      const { events, canceled } = await watch.next()
      expect([canceled, events.map(eventView).map((event) => event.kv?.mod)]).toEqual([false, [compacted]])
      await watch.close()
    })
  })

  describe('Watch: cancellation', () => {
    it('is answered, and no event follows', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      const { watchId } = await watch.create(key('a'))
      await watch.create(key.all, { end: key.end, watchId: 9n })
      watch.requestCancel(watchId)
      expect(await watch.next()).toMatchObject({ watchId, created: false, canceled: true, cancelReason: '' })
      await wire.put(key('a'), '1')
      await wire.put(key('z'), '1')
      expect([(await watch.next()).watchId, (await watch.next()).watchId]).toEqual([9n, 9n])
      await watch.close()
    })

    it('of an unknown id is met with silence', async () => {
      const watch = store().wire.watch()
      const key = keyScope()
      watch.requestCancel(42n)
      await watch.create(key('a'))
      watch.requestCancel(0n)
      expect(await watch.next()).toMatchObject({ watchId: 0n, canceled: true })
      watch.requestCancel(0n)
      watch.requestCreate(key('a'), { watchId: 5n })
      expect(await watch.next()).toMatchObject({ watchId: 5n, created: true })
      await watch.close()
    })

    it("the client's half-close does not end the stream", async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'))
      watch.closeSend()
      await wire.put(key('a'), '1')
      expect((await watch.next()).events.length).toBe(1)
      expect(watch.isEnded).toBe(false)
      await watch.close()
    })

    it('ending the stream ends its watchers and disturbs no other stream', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = wire.watch()
      const second = wire.watch()
      await first.create(key('a'))
      await second.create(key('a'))
      await first.close()
      await wire.put(key('a'), '1')
      expect((await second.next()).events.length).toBe(1)
      await second.close()
    })
  })

  it('Watch does not change the revision', async () => {
    const { wire } = store()
    const before = await currentRevision(wire)
    const watch = wire.watch()
    await watch.create(keyScope()('a'))
    await watch.close()
    expect(await currentRevision(wire)).toBe(before)
  })
}
