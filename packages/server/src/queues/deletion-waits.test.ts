import { expect, it } from 'vitest'
import type { AppliedBatch, MvccEvent } from '../mvcc/event.ts'
import { DeletionWaits } from './deletion-waits.ts'
import { PrefixListeners } from './prefix-listeners.ts'

class Source {
  readonly listeners = new Set<(batch: AppliedBatch) => void>()

  onApplied(listener: (batch: AppliedBatch) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  apply(type: 'put' | 'delete', ...keys: string[]): void {
    const events = keys.map((key): MvccEvent => ({ type, key, kv: Buffer.alloc(0), created: false }))
    for (const listener of this.listeners) listener({ revision: 2, events })
  }
}

const never = new AbortController().signal

it('a wait ends with the deletion of its key, and nothing else', async () => {
  const source = new Source()
  const waits = new DeletionWaits(source)
  const ended: string[] = []
  const both = Promise.all([
    waits.deletionOf('a', never).then(() => ended.push('a')),
    waits.deletionOf('b', never).then(() => ended.push('b')),
  ])
  source.apply('put', 'a', 'b')
  source.apply('delete', 'c', 'b')
  await new Promise(setImmediate)
  expect(ended).toEqual(['b'])
  source.apply('delete', 'a')
  await both
  expect(source.listeners.size).toBe(0)
})

it('a wait ends when its signal fires, or has fired', async () => {
  const source = new Source()
  const waits = new DeletionWaits(source)
  const leaver = new AbortController()
  const waiting = waits.deletionOf('a', leaver.signal)
  leaver.abort(new Error('left'))
  await expect(waiting).rejects.toThrow('left')
  await expect(waits.deletionOf('a', leaver.signal)).rejects.toThrow('left')
  expect(source.listeners.size).toBe(0)
})

it('closing fails the waits there are, and those to come', async () => {
  const source = new Source()
  const waits = new DeletionWaits(source)
  const waiting = waits.deletionOf('a', never)
  waits.close(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  await expect(waits.deletionOf('a', never)).rejects.toThrow('stopped')
  expect(source.listeners.size).toBe(0)
})

it('listeners hear of the keys below their prefix, at any depth', () => {
  const source = new Source()
  const listeners = new PrefixListeners(source)
  const heard: string[] = []
  const stops = ['a/', 'a/b/', '/'].map((prefix) => listeners.add(prefix, ({ key }) => heard.push(`${prefix} ${key}`)))
  source.apply('put', 'a/x', 'a/b/x', 'ab/x', '/x', 'x')
  expect(heard).toEqual(['a/ a/x', 'a/ a/b/x', 'a/b/ a/b/x', '/ /x'])
  for (const stop of stops) stop()
  expect(source.listeners.size).toBe(0)
})
