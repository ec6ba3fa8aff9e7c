import { expect, test } from 'vitest'
import type { Event } from '../../timeline/event.tsx'
import { lanesOf } from './lanes.ts'

const startMs = Date.parse('2026-01-01T00:00:00Z')

function event(kind: Event['kind'], instance: string, seconds: number, was?: string, now?: string): Event {
  return {
    id: `${seconds}.0`,
    revision: String(seconds),
    at: new Date(startMs + seconds * 1_000).toISOString(),
    kind,
    key: '',
    service: 'order',
    instance,
    summary: '',
    summaryZh: '',
    ...(was === undefined ? {} : { was: { status: was } }),
    ...(now === undefined ? {} : { now: { status: now } }),
  }
}

test('draws what each instance was, an operator’s word before its own', () => {
  const { fromMs, lanes } = lanesOf(
    [
      event('instance.down', 'b', 80, 'up'),
      event('override.cleared', 'a', 60, 'disabled'),
      event('override.set', 'a', 40, undefined, 'disabled'),
      event('instance.up', 'a', 20, 'starting', 'up'),
      event('instance.starting', 'a', 0, undefined, 'starting'),
    ],
    startMs + 100_000,
  )
  expect(fromMs).toBe(startMs)
  expect(lanes).toEqual([
    {
      instance: 'a',
      stretches: [
        { state: 'starting', from: 0, to: 0.2 },
        { state: 'up', from: 0.2, to: 0.4 },
        { state: 'disabled', from: 0.4, to: 0.6 },
        { state: 'up', from: 0.6, to: 1 },
      ],
    },
    { instance: 'b', stretches: [{ state: 'up', from: 0, to: 0.8 }] },
  ])
})

test('a weight that an operator sets changes no state', () => {
  const { lanes } = lanesOf([event('override.set', 'a', 0)], startMs + 1_000)
  expect(lanes).toEqual([{ instance: 'a', stretches: [{ state: 'up', from: 0, to: 1 }] }])
})
