import { describe, expect, it } from 'vitest'
import { SlicedQueue } from './sliced-queue.ts'

function busyFor(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

describe('SlicedQueue', () => {
  it('lets others run between its items, and keeps their order', async () => {
    const log: string[] = []
    let hasEnded = false
    const queue = new SlicedQueue<string>(
      (item) => {
        busyFor(5)
        log.push(item)
      },
      () => {
        hasEnded = true
      },
    )
    const other = (): void => {
      log.push('other')
      if (!hasEnded) setImmediate(other)
    }
    queue.push(['a', 'b', 'c'])
    setImmediate(other)
    expect(queue.isIdle).toBe(false)
    queue.push(['d'])
    await queue.whenIdle()
    expect(queue.isIdle).toBe(true)
    expect(log.join(' ')).toMatch(/^a (other )+b (other )+c (other )+d/)
  })

  it('does nothing more after it was cleared, and is idle then', async () => {
    const done: number[] = []
    const queue = new SlicedQueue<number>((item) => done.push(item))
    queue.push([1, 2])
    queue.clear()
    await queue.whenIdle()
    expect(done).toEqual([])
    queue.push([3])
    await queue.whenIdle()
    expect(done).toEqual([3])
  })
})
