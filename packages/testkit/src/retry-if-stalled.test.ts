import { expect, it } from 'vitest'
import { retryIfStalled } from './retry-if-stalled.ts'
import { Stopwatch } from './stopwatch.ts'

function standStill(ms: number): void {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
}

it('a scene that fails fails', async () => {
  await expect(retryIfStalled(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
})

it('a scene that fails while the process stood still is played again', async () => {
  let played = 0
  await retryIfStalled(async () => {
    played += 1
    if (played > 1) return
    standStill(600)
    throw new Error('lost')
  })
  expect(played).toBe(2)
})

it('a stopwatch does not count a standstill', async () => {
  const stopwatch = new Stopwatch()
  await expect.poll(() => stopwatch.elapsedMs).toBeGreaterThan(0)
  const before = stopwatch.elapsedMs
  standStill(600)
  expect(stopwatch.stop() - before).toBeLessThan(100)
})
