import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteQueue } from './byte-queue.ts'

describe('ByteQueue', () => {
  it('returns what was pushed, in order, however it was cut', () => {
    const step = fc.oneof(
      fc.record({ push: fc.uint8Array({ maxLength: 20 }) }),
      fc.record({ take: fc.nat(25) }),
      fc.constant({ own: true as const }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new ByteQueue()
        let model: number[] = []
        const taken: [Uint8Array, number[]][] = []
        for (const each of steps) {
          if ('push' in each) {
            queue.push(each.push)
            model = [...model, ...each.push]
          } else if ('take' in each) {
            const count = Math.min(each.take, queue.length)
            taken.push([queue.take(count), model.slice(0, count)])
            model = model.slice(count)
          } else {
            queue.own()
          }
          expect(queue.length).toBe(model.length)
          expect(queue.at(0)).toBe(model[0] ?? 0)
        }
        // What was taken stays as it was, whatever was pushed later.
        for (const [bytes, expected] of taken) expect([...bytes]).toEqual(expected)
        expect([...queue.take(queue.length)]).toEqual(model)
      }),
    )
  })

  it('allocates about as much as it holds, for chunks of one byte too', () => {
    const queue = new ByteQueue()
    for (let count = 0; count < 100_000; count += 1) queue.push(Uint8Array.of(count))
    expect(queue.length).toBe(100_000)
    expect(queue.allocatedBytes).toBeLessThanOrEqual(200_000)
  })

  it('allocates no more than is expected, and nothing for bytes that have not come', () => {
    const queue = new ByteQueue()
    queue.push(new Uint8Array(10), 0, 10, 2_000_000)
    queue.own(2_000_000)
    expect(queue.allocatedBytes).toBeLessThanOrEqual(20)
    for (let count = 0; count < 15; count += 1) queue.push(new Uint8Array(1), 0, 1, 25)
    expect(queue.allocatedBytes).toBe(25)
  })

  it('borrows a chunk that it need not keep', () => {
    const queue = new ByteQueue()
    const chunk = Uint8Array.of(1, 2, 3)
    queue.push(chunk)
    expect(queue.allocatedBytes).toBe(0)
    expect(queue.take(3).buffer).toBe(chunk.buffer)
  })
})
