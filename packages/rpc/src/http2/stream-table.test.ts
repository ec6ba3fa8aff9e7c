import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Output } from './output.ts'
import { Http2Stream, type StreamHost } from './stream.ts'
import { StreamTable } from './stream-table.ts'

const host: StreamHost = {
  get output(): Output {
    throw new Error('Nothing is sent.')
  },
  streamHighWaterBytes: 0,
  sendWindow: 0,
  windowCredit: 0,
  queuedBytes: 0,
  peerInitialWindow: 0,
  peerMaxFrameBytes: 0,
  mustPrepareBlock: false,
  prepareBlock: (block) => block,
  schedule() {},
  localSideEnded() {},
  resetStream() {},
  readingResumed() {},
}

describe('StreamTable', () => {
  it('should be a map from ids to streams, however long some of them live', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 2000 }), (numbers) => {
        const table = new StreamTable()
        const model = new Map<number, Http2Stream>()
        let nextId = 1
        for (const number of numbers) {
          if (number % 3 < 2) {
            const stream = new Http2Stream(host, nextId)
            nextId += 2
            table.add(stream)
            model.set(stream.id, stream)
          } else {
            const streams = [...model.values()]
            // Mostly the youngest; the older ones stay.
            const stream = streams[number % 10 === 0 ? 0 : streams.length - 1]
            if (stream === undefined) continue
            table.delete(stream)
            table.delete(stream)
            model.delete(stream.id)
          }
          expect(table.size).toBe(model.size)
        }
        for (let id = 1; id < nextId + 10; id += 1) expect(table.get(id)).toBe(model.get(id))
        expect(table.all()).toEqual([...model.values()])
      }),
      { numRuns: 50 },
    )
  })
})
