import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { atOnce } from '@waypost/core'
import { FakeClock } from '@waypost/core/testing'
import { RangeResponse } from '@waypost/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { directoryBackend, memoryBackend } from '../storage/open-backend.ts'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { Engine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import {
  compactRequest,
  deleteRequest,
  grantRequest,
  op,
  putRequest,
  rangeRequest,
  readable,
  revokeRequest,
  txnRequest,
} from './requests.test-support.ts'

async function open(options: EngineOptions = { backend: memoryBackend }): Promise<Engine> {
  const engine = await Engine.open(options)
  onTestFinished(() => engine.close())
  return engine
}

function keys(engine: Engine, revision = 0): string[] {
  return engine.range(rangeRequest('\0', '\0', { revision: BigInt(revision) })).kvs.map((kv) => readable(kv).key)
}

/** The types and keys of events, a revision a line. */
function eventsOf(engine: Engine): string[] {
  const all = { from: Math.max(engine.compactRevision, 1), to: engine.revision, maxRevisions: 1_000 }
  return atOnce(engine.history(all)).batches.map(
    ({ revision, events }) => `${revision}: ${events.map(({ type, key }) => `${type} ${key}`).join(', ')}`,
  )
}

describe.each(['memory', 'disk'])('Engine in %s', (kind) => {
  const fresh = (more: Partial<EngineOptions> = {}): Promise<Engine> =>
    open({ backend: kind === 'disk' ? directoryBackend(join(temporaryDirectory(), 'data')) : memoryBackend, ...more })

  it('starts at revision 1, never compacted', async () => {
    const engine = await fresh()
    expect(engine.revision).toBe(1)
    expect(engine.compactRevision).toBe(-1)
    expect(engine.clusterId).not.toBe(0n)
    expect(engine.memberId).not.toBe(0n)
  })

  it('tells listeners of a revision before its proposer', async () => {
    const engine = await fresh()
    const order: string[] = []
    const stop = engine.onApplied(({ revision }) => order.push(`event ${revision}`))
    await engine.propose('put', putRequest('a')).then(({ revision }) => order.push(`answer ${revision}`))
    stop()
    await engine.propose('put', putRequest('a'))
    expect(order).toEqual(['event 2', 'answer 2'])
  })

  it('applies commands in the order in which they were proposed', async () => {
    const engine = await fresh()
    const results = await Promise.all(Array.from({ length: 500 }, (_, n) => engine.propose('put', putRequest(`k${n}`))))
    expect(results.map(({ revision }) => revision)).toEqual(Array.from({ length: 500 }, (_, n) => n + 2))
    expect(engine.raftIndex).toBe(500)
  })

  it('uses up no revision for what changes nothing', async () => {
    const engine = await fresh()
    await engine.propose('deleteRange', deleteRequest('a', '\0'))
    await engine.propose('txn', txnRequest({}))
    await engine.propose('txn', txnRequest({ success: [op.range('a'), op.delete('a')] }))
    await engine.propose('leaseGrant', grantRequest(7n))
    await engine.propose('leaseRevoke', revokeRequest(7n))
    expect(engine.revision).toBe(1)
  })

  it('answers transactions that only read without a command', async () => {
    const engine = await fresh()
    await engine.propose('put', putRequest('a'))
    const { responses } = await engine.propose(
      'txn',
      txnRequest({ success: [op.range('a')], failure: [op.range('b')] }),
    )
    expect(responses).toMatchObject([{ kind: 'range', result: { revision: 2, count: 1 } }])
    expect(engine.raftIndex).toBe(1)
  })

  it('keeps lease and value when told to ignore the given ones, and refuses that for an absent key', async () => {
    const engine = await fresh()
    await engine.propose('leaseGrant', grantRequest(7n))
    await engine.propose('put', putRequest('a', 'one', { lease: 7n }))
    await engine.propose('put', putRequest('a', '', { ignoreValue: true, lease: 7n }))
    await engine.propose('put', putRequest('a', 'two', { ignoreLease: true }))
    expect(engine.range(rangeRequest('a')).kvs.map(readable)).toMatchObject([{ value: 'two', lease: 7, version: 3 }])
    await expect(engine.propose('put', putRequest('b', '', { ignoreValue: true }))).rejects.toMatchObject({
      reason: 'keyNotFound',
    })
    await expect(engine.propose('put', putRequest('b', '', { ignoreValue: true, lease: 9n }))).rejects.toMatchObject({
      reason: 'leaseNotFound',
    })
  })

  it('revokes a lease in one revision, its keys sorted', async () => {
    const engine = await fresh()
    await engine.propose('leaseGrant', grantRequest(-7n))
    for (const key of ['c', 'a', 'b']) await engine.propose('put', putRequest(key, 'v', { lease: -7n }))
    await engine.propose('put', putRequest('b'))
    expect(await engine.propose('leaseRevoke', revokeRequest(-7n))).toEqual({ revision: 6 })
    expect(eventsOf(engine).at(-1)).toBe('6: delete a, delete c')
    expect(keys(engine)).toEqual(['b'])
  })

  it('picks a positive id for a lease without one', async () => {
    const engine = await fresh()
    const { id, ttlSeconds } = await engine.propose('leaseGrant', grantRequest(0n, 1n))
    expect(id).toBeGreaterThan(0n)
    expect(ttlSeconds).toBe(2)
    expect(atOnce(engine.leases.list())).toEqual([id])
  })

  it('expires each lease in its own revision', async () => {
    const clock = new FakeClock()
    const engine = await fresh({ clock })
    for (const id of [1n, 2n]) {
      await engine.propose('leaseGrant', grantRequest(id, 5n))
      for (const key of ['x', 'y']) await engine.propose('put', putRequest(`${key}${id}`, 'v', { lease: id }))
    }
    const expired = new Promise<void>((resolve) => {
      engine.onApplied(({ revision }) => {
        if (revision === 7) resolve()
      })
    })
    await clock.advance(5_000)
    await expired
    expect(eventsOf(engine).slice(-2)).toEqual(['6: delete x1, delete y1', '7: delete x2, delete y2'])
    expect(atOnce(engine.leases.list())).toEqual([])
  })

  it('remembers compaction at 0', async () => {
    const engine = await fresh()
    await engine.propose('compact', compactRequest(0))
    await expect(engine.propose('compact', compactRequest(0))).rejects.toMatchObject({ reason: 'compacted' })
    await expect(engine.propose('compact', compactRequest(2))).rejects.toMatchObject({ reason: 'futureRevision' })
  })

  it('reads and follows from exactly the compacted revision', async () => {
    const engine = await fresh()
    await engine.propose('put', putRequest('a'))
    await engine.propose('put', putRequest('b'))
    await engine.propose('deleteRange', deleteRequest('a'))
    await engine.propose('put', putRequest('c'))
    await engine.propose('compact', compactRequest(4, true))
    expect(keys(engine, 4)).toEqual(['b'])
    expect(eventsOf(engine)).toEqual(['4: delete a', '5: put c'])
    expect(() => keys(engine, 3)).toThrow('compacted')
    expect(() => atOnce(engine.history({ from: 3, to: 5, maxRevisions: 10 }))).toThrow('compacted')
    await engine.propose('compact', compactRequest(5, true))
    expect(eventsOf(engine)).toEqual(['5: put c'])
  })

  it('compacts many keys while it goes on answering', async () => {
    const engine = await fresh()
    const put = (key: number): Promise<unknown> => engine.propose('put', putRequest(String(key).padStart(5, '0')))
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 5_000 }, (_, key) => put(key)))
    let isDone = false
    const compaction = engine.propose('compact', compactRequest(engine.revision, true)).finally(() => {
      isDone = true
    })
    let answered = 0
    while (!isDone) {
      await put(answered)
      answered += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    await compaction
    expect(answered).toBeGreaterThan(0)
    expect(keys(engine)).toHaveLength(5_000)
    expect(() => keys(engine, 5_000)).toThrow('compacted')
  })

  it('limits a step of history by revisions and by bytes, in whole revisions', async () => {
    const engine = await fresh()
    for (let n = 0; n < 5; n++)
      await engine.propose('txn', txnRequest({ success: [op.put('a', 'x'.repeat(100)), op.put('b', 'x'.repeat(100))] }))
    const step = { from: 2, to: 6 }
    expect(atOnce(engine.history({ ...step, maxRevisions: 2 }))).toMatchObject({
      batches: [{ revision: 2 }, { revision: 3 }],
      next: 4,
    })
    expect(atOnce(engine.history({ ...step, maxRevisions: 100, maxBytes: 1 }))).toMatchObject({
      batches: [{ revision: 2, events: [{ key: 'a' }, { key: 'b' }] }],
      next: 3,
    })
    const onlyB = atOnce(engine.history({ ...step, maxRevisions: 100, accepts: (key) => key === 'b' }))
    expect(onlyB.batches.map(({ events }) => events.map(({ key }) => key))).toEqual(Array(5).fill(['b']))
    expect(atOnce(engine.history({ ...step, maxRevisions: 100, accepts: () => false }))).toEqual({
      batches: [],
      next: 7,
    })
  })

  it('refuses what would exceed the quota, but not what makes room', async () => {
    const engine = await fresh({ quotaBytes: 300_000 })
    const large = (key: string): Promise<unknown> => engine.propose('put', putRequest(key, 'x'.repeat(40_000)))
    const nothing = { reason: 'noSpace' }
    let key = 0
    await expect(
      (async () => {
        while (key < 10) await large(`k${key++ % 2}`)
      })(),
    ).rejects.toMatchObject(nothing)
    await expect(large('other')).rejects.toMatchObject(nothing)
    const nested = op.txn({ failure: [op.put('a', 'x'.repeat(40_000))] })
    await expect(engine.propose('txn', txnRequest({ success: [nested] }))).rejects.toMatchObject(nothing)
    expect(keys(engine)).toEqual(['k0', 'k1'])
    await engine.propose('deleteRange', deleteRequest('k0'))
    await engine.propose('compact', compactRequest(engine.revision, true))
    await engine.propose('alarm', { action: 2, memberId: engine.memberId, alarm: 1 })
    await large('other')
    expect(keys(engine)).toEqual(['k1', 'other'])
  })

  it('refuses everything after it was closed', async () => {
    const engine = await fresh()
    const late = engine.propose('put', putRequest('a'))
    const closed = engine.close()
    expect(engine.close()).toBe(closed)
    await expect(late).resolves.toMatchObject({ revision: 2 })
    await closed
    await expect(engine.propose('put', putRequest('b'))).rejects.toMatchObject({ reason: 'stopped' })
  })

  it('encodes responses that the protocol reads', async () => {
    const engine = await fresh()
    await engine.propose('put', putRequest('a', 'v'.repeat(300)))
    const encoded = engine.responses.range(engine.range(rangeRequest('a')), 5)
    expect(RangeResponse.decode(encoded.subarray(5))).toMatchObject({
      header: { clusterId: engine.clusterId, memberId: engine.memberId, revision: 2n },
      kvs: [{ key: Buffer.from('a'), modRevision: 2n }],
      count: 1n,
    })
  })
})

describe('Engine on disk, opened again', () => {
  it('is the same store, a term later', async () => {
    const dataDir = temporaryDirectory()
    const first = await Engine.open({ backend: directoryBackend(dataDir) })
    await first.propose('leaseGrant', grantRequest(7n, 100n))
    await first.propose('put', putRequest('a', 'one', { lease: 7n }))
    await first.propose('put', putRequest('b'))
    await first.propose('compact', compactRequest(2))
    await first.close()
    const second = await open({ backend: directoryBackend(dataDir) })
    expect(second.revision).toBe(3)
    expect(second.compactRevision).toBe(2)
    expect(second.raftIndex).toBe(first.raftIndex)
    expect(second.clusterId).toBe(first.clusterId)
    expect(second.memberId).toBe(first.memberId)
    expect(second.raftTerm).toBe(first.raftTerm + 1)
    expect(second.leases.keysOf(7n)).toEqual(['a'])
    expect(keys(second)).toEqual(['a', 'b'])
  })

  it('gives leases their full time', async () => {
    const clock = new FakeClock()
    const dataDir = temporaryDirectory()
    const first = await Engine.open({ backend: directoryBackend(dataDir), clock })
    await first.propose('leaseGrant', grantRequest(7n, 10n))
    await clock.advance(8_000)
    expect(first.leases.timeToLive(7n)?.ttlSeconds).toBe(2)
    await first.close()
    await clock.advance(60_000)
    const second = await open({ backend: directoryBackend(dataDir), clock })
    expect(second.leases.timeToLive(7n)?.ttlSeconds).toBe(10)
  })

  it('refuses again what was refused: a refused command leaves no trace', async () => {
    const dataDir = temporaryDirectory()
    const first = await Engine.open({ backend: directoryBackend(dataDir) })
    await expect(first.propose('put', putRequest('a', 'v', { lease: 5n }))).rejects.toThrow('lease not found')
    await first.propose('put', putRequest('b'))
    await expect(first.propose('compact', compactRequest(9))).rejects.toThrow('future revision')
    const copy = join(temporaryDirectory(), 'copy')
    cpSync(dataDir, copy, { recursive: true })
    await first.close()
    const second = await open({ backend: directoryBackend(copy) })
    expect(keys(second)).toEqual(['b'])
    expect(second.revision).toBe(2)
    expect(second.raftIndex).toBe(3)
  })

  it('has everything that was acknowledged when it died, at whatever moment', async () => {
    const dataDir = temporaryDirectory()
    const engine = await open({ backend: directoryBackend(dataDir) })
    const acknowledged = new Map<string, number>()
    const seen: number[] = []
    engine.onApplied(({ revision }) => seen.push(revision))
    let isOver = false
    const writer = async (name: number): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const key = `${name}/${n % 40}`
        const { revision } = await engine.propose('put', putRequest(key, 'x'.repeat(n % 500)))
        acknowledged.set(key, revision)
        if (n % 25 === 24 && name === 0) await engine.propose('compact', compactRequest(revision - 10))
      }
    }
    const writers = Array.from({ length: 16 }, (_, name) => writer(name))
    for (let round = 0; round < 12; round++) {
      await new Promise((resolve) => setTimeout(resolve, 15 * (round % 5)))
      // The process stops here, and so do its files.
      const copy = join(temporaryDirectory(), 'copy')
      cpSync(dataDir, copy, { recursive: true })
      const expected = new Map(acknowledged)
      const shown = seen.at(-1) ?? 1
      const revived = await Engine.open({ backend: directoryBackend(copy) })
      expect(revived.revision).toBeGreaterThanOrEqual(shown)
      expect(revived.clusterId).toBe(engine.clusterId)
      const found = new Map(
        revived.range(rangeRequest('\0', '\0')).kvs.map((kv) => [readable(kv).key, readable(kv).modRevision]),
      )
      for (const [key, revision] of expected) expect(found.get(key)).toBeGreaterThanOrEqual(revision)
      const { revision } = await revived.propose('put', putRequest('after'))
      expect(revision).toBe(revived.revision)
      await revived.close()
    }
    isOver = true
    await Promise.all(writers)
  })
})
