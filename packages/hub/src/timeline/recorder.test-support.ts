import { EtcdClient } from '@waypost/client'
import { Coordination } from '@waypost/coordination'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterEach, expect, vi } from 'vitest'
import type { TimelineEvent } from './event.ts'
import { type RecorderOptions, TimelineRecorder } from './recorder.ts'
import { Timeline, type TimelineQuery } from './timeline.ts'

const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

/** Closes it when the test ends. */
export function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  open.push(thing)
  return thing
}

/** A store and a client of it, without a recorder. */
export async function unrecorded() {
  const store = keep(await startStore())
  const etcd = keep(new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs }))
  return { store, etcd, timeline: new Timeline(etcd) }
}

/** Starts a recorder and waits until it records. */
export async function startRecorder(etcd: EtcdClient, options: RecorderOptions = {}): Promise<TimelineRecorder> {
  const recorder = keep(new TimelineRecorder(etcd, keep(new Coordination(etcd)), { lingerMs: 0, ...options }))
  await vi.waitFor(() => expect(recorder.state).toBe('recording'), { timeout: patienceMs })
  return recorder
}

export async function recorded(options: RecorderOptions = {}) {
  const parts = await unrecorded()
  return { ...parts, recorder: await startRecorder(parts.etcd, options) }
}

/** An event in a line, without what differs from run to run. */
export function lineOf({ kind, service, instance, path, name, by, reason, late, inferred }: TimelineEvent): string {
  const parts = [kind, service && `${service}/${instance}`, path, name, by, reason]
  const marks = [late && '(late)', inferred && '(inferred)']
  return [...parts, ...marks].filter((part) => part !== undefined).join(' ')
}

/** All events once one of them is `last`, those about elections of Waypost itself left out. */
export function eventsUntil(timeline: Timeline, last: string, query: TimelineQuery = {}): Promise<string[]> {
  return vi.waitFor(
    async () => {
      const { events } = await timeline.list({ order: 'oldest', limit: 1_000, ...query })
      const lines = events
        .filter(({ name = '' }) => !/^\/waypost\/(timeline|schedules)\/.*(recorder|leader)$/.test(name))
        .map(lineOf)
      expect(lines).toContain(last)
      return lines
    },
    { timeout: patienceMs, interval: 20 },
  )
}

/** Waits until everything up to now is recorded. */
export async function caughtUp(etcd: EtcdClient, timeline: Timeline): Promise<void> {
  const { revision } = await etcd.kv.put('/config/mark', String(Math.random()))
  await vi.waitFor(async () => expect((await timeline.list({ limit: 1 })).recordedUpTo >= revision).toBe(true), {
    timeout: patienceMs,
    interval: 20,
  })
}
