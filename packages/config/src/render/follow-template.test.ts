import { FakeClock } from '@waypost/core/testing'
import { expect, test } from 'vitest'
import { followTemplate } from './follow-template.ts'

function start(run: (signal: AbortSignal) => Promise<void>) {
  const clock = new FakeClock()
  const end = new AbortController()
  const errors: string[] = []
  const listeners: (() => void)[] = []
  const source = {
    filters: {},
    onChange: (listener: () => void) => void listeners.push(listener),
    close: async () => {},
  }
  const following = followTemplate({
    sources: [source],
    run,
    onError: (error) => errors.push(String(error)),
    signal: end.signal,
    clock,
  })
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const stop = (): Promise<void> => {
    end.abort()
    return following.done
  }
  return { clock, errors, changed, stop }
}

test('runs at once, and once for changes that come together', async () => {
  let runs = 0
  const following = start(async () => void runs++)
  await expect.poll(() => runs).toBe(1)
  for (let change = 0; change < 5; change++) {
    following.changed()
    await following.clock.advance(50)
  }
  expect(runs).toBe(1)
  await following.clock.advance(200)
  expect(runs).toBe(2)
  await following.stop()
})

test('changes that never settle are not waited for without end', async () => {
  let runs = 0
  const following = start(async () => void runs++)
  for (let elapsed = 0; elapsed < 3_000; elapsed += 50) {
    following.changed()
    await following.clock.advance(50)
  }
  expect(runs).toBeGreaterThanOrEqual(3)
  await following.stop()
})

test('what fails is told once, and tried again later and with a change', async () => {
  let fails = true
  let runs = 0
  const following = start(async () => {
    runs++
    if (fails) throw new Error('no good')
  })
  await following.clock.advance(10_000)
  expect(runs).toBeGreaterThan(2)
  expect(following.errors).toEqual(['Error: no good'])
  fails = false
  const before = runs
  following.changed()
  await following.clock.advance(200)
  expect(runs).toBe(before + 1)
  await following.clock.advance(200_000)
  expect(runs).toBe(before + 1)
  await following.stop()
})
