import { describe, expect, it } from 'vitest'
import { BoundedQueue } from './bounded-queue.ts'

describe('BoundedQueue', () => {
  it('hands items on in order, waiting and not', async () => {
    const queue = new BoundedQueue<number>(10)
    const first = queue.next()
    expect(queue.push(1)).toBe(true)
    queue.push(2)
    queue.push(3)
    queue.end()
    expect(await first).toEqual({ value: 1, done: false })
    const rest: number[] = []
    for await (const item of queue) rest.push(item)
    expect(rest).toEqual([2, 3])
  })

  it('refuses what is over its capacity and takes more once there is room', async () => {
    const queue = new BoundedQueue<number>(2)
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false])
    await queue.next()
    expect(queue.push(4)).toBe(true)
    expect(queue.length).toBe(2)
  })

  it('tells the producer when it has been drained', async () => {
    let drained = 0
    const queue = new BoundedQueue<number>(2, { onDrained: () => drained++ })
    queue.push(1)
    queue.push(2)
    await queue.next()
    expect(drained).toBe(0)
    await queue.next()
    expect(drained).toBe(1)
  })

  it('delivers what waits before it ends with an error, and the error once', async () => {
    const queue = new BoundedQueue<number>(2)
    queue.push(1)
    queue.end(new Error('gone'))
    expect(await queue.next()).toEqual({ value: 1, done: false })
    await expect(queue.next()).rejects.toThrow('gone')
    expect(await queue.next()).toEqual({ value: undefined, done: true })
    expect(queue.push(2)).toBe(false)
  })

  it('rejects a consumer that waits when it ends with an error', async () => {
    const queue = new BoundedQueue<number>(2)
    const next = queue.next()
    queue.end(new Error('gone'))
    await expect(next).rejects.toThrow('gone')
  })

  it('tells the producer when the consumer leaves the loop', async () => {
    let returned = 0
    const queue = new BoundedQueue<number>(5, { onReturn: () => returned++ })
    queue.push(1)
    queue.push(2)
    for await (const item of queue) {
      expect(item).toBe(1)
      break
    }
    expect(returned).toBe(1)
    expect(queue.push(3)).toBe(false)
    expect(await queue.next()).toEqual({ value: undefined, done: true })
  })

  it('keeps its order over thousands of items with a consumer in between', async () => {
    const queue = new BoundedQueue<number>(5000)
    let next = 0
    let expected = 0
    for (let round = 0; round < 5; round++) {
      for (let count = 0; count < 3000; count++) queue.push(next++)
      for (let count = 0; count < 2500; count++) expect((await queue.next()).value).toBe(expected++)
    }
    expect(queue.length).toBe(2500)
  })
})
