import { FakeClock } from '@waypost/core/testing'
import { expect, it, onTestFinished } from 'vitest'
import { EngineError } from '../engine-error.ts'
import { memoryBackend } from '../storage/open-backend.ts'
import { type AutoCompaction, AutoCompactor } from './auto-compactor.ts'
import { Engine } from './engine.ts'
import { putRequest } from './requests.test-support.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A store that is at revision 1 and gets another every minute. Its compactions read `minute: revision`. */
function start(policy: AutoCompaction, refuse: () => EngineError | undefined = () => undefined) {
  const clock = new FakeClock()
  const compactions: string[] = []
  const warnings: string[] = []
  const startMs = clock.monotonicMs()
  const minutes = () => Math.round((clock.monotonicMs() - startMs) / minuteMs)
  const compactor = new AutoCompactor({
    policy,
    clock,
    revision: () => minutes() + 1,
    compact: (revision) => {
      const error = refuse()
      if (error) return Promise.reject(error)
      compactions.push(`${minutes()}: ${revision}`)
      return Promise.resolve()
    },
    onWarning: (message) => warnings.push(message),
  })
  onTestFinished(() => compactor.close())
  return { clock, compactions, warnings, compactor }
}

it('keeps one hour, and compacts every hour after the first', async () => {
  const { clock, compactions } = start({ mode: 'periodic', retentionMs: hourMs })
  await clock.advance(59 * minuteMs)
  expect(compactions).toEqual([])
  await clock.advance(2 * hourMs + minuteMs)
  expect(compactions).toEqual(['60: 1', '120: 55', '180: 115'])
})

it('keeps less than an hour, and compacts as often', async () => {
  const { clock, compactions } = start({ mode: 'periodic', retentionMs: 10 * minuteMs })
  await clock.advance(40 * minuteMs)
  expect(compactions).toEqual(['10: 1', '20: 10', '30: 20', '40: 30'])
})

it('keeps a day, and compacts every hour once it is over', async () => {
  const { clock, compactions } = start({ mode: 'periodic', retentionMs: 24 * hourMs })
  await clock.advance(26 * hourMs)
  expect(compactions).toEqual(['1440: 1', '1500: 55', '1560: 115'])
})

it('keeps the given number of revisions, looking every five minutes', async () => {
  const { clock, compactions } = start({ mode: 'revision', retention: 7 })
  await clock.advance(20 * minuteMs)
  expect(compactions).toEqual(['10: 4', '15: 9', '20: 14'])
})

it('tries again when it fails, and goes on when somebody else has compacted', async () => {
  let reason: 'noSpace' | 'compacted' | undefined = 'noSpace'
  const { clock, compactions, warnings } = start({ mode: 'periodic', retentionMs: 10 * minuteMs }, () =>
    reason === undefined ? undefined : new EngineError(reason),
  )
  await clock.advance(12 * minuteMs)
  expect(warnings).toHaveLength(3)
  reason = 'compacted'
  await clock.advance(minuteMs)
  reason = undefined
  await clock.advance(9 * minuteMs)
  expect(compactions).toEqual([])
  await clock.advance(minuteMs)
  expect(compactions).toEqual(['23: 13'])
  expect(warnings).toHaveLength(3)
})

it('stops when it is closed', async () => {
  const { clock, compactor, compactions } = start({ mode: 'revision', retention: 1 })
  compactor.close()
  await clock.advance(hourMs)
  expect(compactions).toEqual([])
  expect(clock.pendingTimers).toBe(0)
})

it('compacts a real store', async () => {
  const clock = new FakeClock()
  const autoCompaction = { mode: 'revision', retention: 3 } as const
  const engine = await Engine.open({ backend: memoryBackend, clock, autoCompaction })
  for (let n = 0; n < 9; n++) await engine.propose('put', putRequest('a'))
  await clock.advance(5 * minuteMs)
  expect(engine.compactRevision).toBe(7)
  await engine.close()
  expect(clock.pendingTimers).toBe(0)
})
