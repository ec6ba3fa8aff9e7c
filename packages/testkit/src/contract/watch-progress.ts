import type { WatchResponse } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { op } from '../wire/requests.ts'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { currentRevision, revisionOf } from './current-revision.ts'
import { keyScope } from './key-scope.ts'

const kib = 1024

/** Bookmarks, and responses too large for one message. */
export const watchProgressContract: ContractSuite = (store) => {
  describe('Watch: progress on request', () => {
    it('is one answer with id -1, the current revision and no events', async () => {
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      await watch.create(key('a'))
      await watch.create(key('b'))
      const current = await currentRevision(wire)
      watch.requestProgress()
      const answer = await watch.next()
      expect(answer).toMatchObject({ watchId: -1n, created: false, canceled: false, events: [] })
      expect(revisionOf(answer)).toBe(current)
      await wire.put(key('a'))
      expect((await watch.next()).watchId).toBe(0n)
      await watch.close()
    })

    it('names a revision whose events have all been sent', async (context) => {
      notLike34(context, store(), 'progressOrder')
      const { wire } = store()
      const key = keyScope()
      const first = revisionOf(await wire.put(key('a'), '0'))
      await Promise.all(Array.from({ length: 1_500 }, () => wire.put(key('a'), 'x'.repeat(500))))
      const watch = wire.watch()
      watch.requestCreate(key('a'), { startRevision: first })
      let sent = 0n
      let answered = 0
      const asking = (async () => {
        for (let n = 0; n < 30; n++) {
          watch.requestProgress()
          await wire.put(key('a'), `${n}`)
        }
      })()
      while (sent < first + 1_530n) {
        const message = await watch.next()
        if (message.watchId === -1n) {
          answered += 1
          expect(revisionOf(message)).toBeLessThanOrEqual(sent)
        }
        sent = message.events.at(-1)?.kv?.modRevision ?? sent
      }
      await asking
      watch.requestProgress()
      for (let message = await watch.next(); ; message = await watch.next()) {
        if (message.watchId !== -1n) continue
        answered += 1
        if (revisionOf(message) === sent) break
      }
      expect(answered).toBeGreaterThan(0)
      await watch.close()
    })

    it('is not answered on a stream without watchers, before the first and after the last', async (context) => {
      notLike34(context, store(), 'progressWithoutWatchers')
      const { wire } = store()
      const key = keyScope()
      const watch = wire.watch()
      watch.requestProgress()
      watch.requestCreate(key('a'))
      const created = await watch.next()
      expect(created).toMatchObject({ created: true, canceled: false })
      watch.requestCancel(created.watchId)
      expect(await watch.next()).toMatchObject({ watchId: created.watchId, canceled: true })
      watch.requestProgress()
      watch.requestCreate(key('b'))
      expect(await watch.next()).toMatchObject({ created: true, canceled: false })
      await wire.put(key('b'))
      expect((await watch.next()).events).toHaveLength(1)
      await watch.close()
    })

    it('is not answered while every watcher waits for the future', async (context) => {
      notLike34(context, store(), 'futureProgress')
      const { wire } = store()
      const key = keyScope()
      const current = await currentRevision(wire)
      const watch = wire.watch()
      await watch.create(key('a'), { startRevision: current + 2n })
      watch.requestProgress()
      watch.requestProgress()
      await wire.put(key('a'), '1')
      await wire.put(key('a'), '2')
      expect((await watch.next()).events.map((event) => event.kv?.modRevision)).toEqual([current + 2n])
      await watch.close()
    })
  })

  describe('Watch: fragments', () => {
    it('with fragment a large response is split near 2 MiB, flagged on all but the last', async () => {
      const { wire } = store()
      const key = keyScope()
      const first = await writeFiveMegabytes(key)
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, startRevision: first, fragment: true })
      const messages = await takeUntil(watch, 20)
      expect(messages.length).toBeGreaterThan(2)
      for (const message of messages) expect(sizeOf(message)).toBeLessThan(2 * kib * kib)
      expect(messages.some((message) => message.fragment)).toBe(true)
      expect(messages.at(-1)?.fragment).toBe(false)
      expect(messages.flatMap((message) => message.events.map((event) => event.kv?.modRevision))).toEqual(
        Array.from({ length: 20 }, (_, n) => first + BigInt(n)),
      )
      await watch.close()
    })

    it('a single revision is split too, in order', async () => {
      const { wire } = store()
      const key = keyScope()
      const value = Buffer.alloc(140 * kib, 1)
      const puts = Array.from({ length: 10 }, (_, n) => op.put(key(`${n}`), value))
      await wire.txn({ success: puts })
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, fragment: true, prevKv: true })
      const revision = revisionOf(await wire.txn({ success: puts }))
      const messages = await takeUntil(watch, 10)
      expect(messages.map((message) => message.fragment)).toEqual([...messages.slice(1).map(() => true), false])
      expect(messages.length).toBeGreaterThan(1)
      const events = messages.flatMap((message) => message.events)
      expect(events.map((event) => Buffer.from(event.kv?.key ?? []).toString())).toEqual(
        Array.from({ length: 10 }, (_, n) => key(`${n}`)),
      )
      expect(new Set(events.map((event) => event.kv?.modRevision))).toEqual(new Set([revision]))
      await watch.close()
    })

    it('without fragment a revision comes whole, however large', async () => {
      const { wire } = store()
      const key = keyScope()
      const value = Buffer.alloc(140 * kib, 1)
      const puts = Array.from({ length: 10 }, (_, n) => op.put(key(`${n}`), value))
      await wire.txn({ success: puts })
      const watch = wire.watch()
      await watch.create(key.all, { end: key.end, prevKv: true })
      await wire.txn({ success: puts })
      const message = await watch.next()
      expect([message.events.length, message.fragment]).toEqual([10, false])
      await watch.close()
    })

    async function writeFiveMegabytes(key: (name: string) => string): Promise<bigint> {
      const { wire } = store()
      const value = Buffer.alloc(250 * kib, 1)
      const first = revisionOf(await wire.put(key('0'), value))
      for (let n = 1; n < 20; n++) await wire.put(key(`${n}`), value)
      return first
    }
  })
}

function sizeOf(message: WatchResponse): number {
  return message.events.reduce(
    (size, event) => size + (event.kv?.value.length ?? 0) + (event.prevKv?.value.length ?? 0),
    0,
  )
}

async function takeUntil(watch: { next(): Promise<WatchResponse> }, events: number): Promise<WatchResponse[]> {
  const messages: WatchResponse[] = []
  for (let seen = 0; seen < events; ) {
    const message = await watch.next()
    messages.push(message)
    seen += message.events.length
  }
  return messages
}
