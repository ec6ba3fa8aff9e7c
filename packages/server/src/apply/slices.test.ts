import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Slices } from '@waypost/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppliedBatch } from '../mvcc/event.ts'
import { directoryBackend, memoryBackend } from '../storage/open-backend.ts'
import { Engine } from './engine.ts'
import {
  compactRequest,
  deleteRequest,
  grantRequest,
  op,
  putRequest,
  rangeRequest,
  revokeRequest,
  txnRequest,
} from './requests.test-support.ts'

const keys = 3_000
const name = (number: number): string => `k/${String(number).padStart(5, '0')}`
const all = rangeRequest('k/', 'k0')

/** Slices that begin when the test says so, and are as short as can be. */
class Turns {
  #nowMs = 0
  #start: (() => void) | undefined
  readonly slices = new Slices({
    keysAtOnce: 1_000,
    later: (start) => {
      this.#start = start
    },
    nowMs: () => {
      this.#nowMs += 10
      return this.#nowMs
    },
  })

  /** Lets slice after slice run until `work` is done, calling `between` after each. Resolves to how many there were. */
  async drive(work: Promise<unknown>, between: () => unknown = () => {}): Promise<number> {
    let isDone = false
    let count = 0
    const finished = work.finally(() => {
      isDone = true
    })
    finished.catch(() => {})
    while (!isDone) {
      const start = this.#start
      this.#start = undefined
      start?.()
      if (start !== undefined) count += 1
      await new Promise((resolve) => setImmediate(resolve))
      if (!isDone && start !== undefined) await between()
    }
    await finished
    return count
  }
}

describe.each(['memory', 'disk'])('Long work in slices, with a store in %s', (where) => {
  let turns: Turns
  let engine: Engine
  let directory: string
  let batches: AppliedBatch[]

  const open = (): Promise<Engine> =>
    Engine.open({ backend: where === 'memory' ? memoryBackend : directoryBackend(directory), slices: turns.slices })

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'waypost-test-'))
    turns = new Turns()
    engine = await open()
    await engine.propose('leaseGrant', grantRequest(1n))
    for (let first = 0; first < keys; first += 100) {
      const success = Array.from({ length: 100 }, (_, index) => op.put(name(first + index), 'v', { lease: 1n }))
      await engine.propose('txn', txnRequest({ success }))
    }
    batches = []
    engine.onApplied((batch) => batches.push(batch))
  })

  afterEach(async () => {
    await turns.drive(engine.close())
    rmSync(directory, { recursive: true, force: true })
  })

  /** What everybody sees of the keys, by every way to look at them. */
  const seen = async (): Promise<unknown> => {
    const { revision } = engine
    const success = [op.range('k/', 'k0', { countOnly: true }), op.range(name(7))]
    const compare = [
      { key: Buffer.from(name(9)), rangeEnd: Buffer.alloc(0), target: 0, result: 1, version: 0n },
    ] as unknown as never[]
    const txn = await engine.propose('txn', txnRequest({ success, compare }))
    return {
      revision,
      first: engine.range(rangeRequest(name(0))).count,
      some: engine.range(rangeRequest('k/', 'k0', { limit: 5n })).kvs.length,
      before: engine.range(rangeRequest(name(2_000), name(2_050), { revision: BigInt(revision) })).count,
      count: engine.range(rangeRequest('k/', 'k0', { countOnly: true })).count,
      other: engine.range(rangeRequest('other')).count,
      leased: engine.leases.keysOf(1n).length,
      succeeded: txn.succeeded,
      inTxn: txn.responses.map(({ result }) => ('count' in result ? result.count : undefined)),
    }
  }
  const gone = { first: 0, some: 0, before: 0, count: 0, leased: 0, succeeded: false, inTxn: [] }

  const writes: [what: string, propose: () => Promise<unknown>, more: object][] = [
    ['a delete', () => engine.propose('deleteRange', deleteRequest('k/', 'k0', true)), {}],
    ['a revocation', () => engine.propose('leaseRevoke', revokeRequest(1n)), {}],
    [
      'a transaction',
      () => engine.propose('txn', txnRequest({ success: [op.put('other'), op.delete('k/', 'k0')] })),
      { other: 1 },
    ],
  ]

  it.each(writes)('shows nothing of %s before all of it', async (_what, propose, more) => {
    const before = await seen()
    const between: unknown[] = []
    const slices = await turns.drive(propose(), async () => between.push(await seen()))
    expect(slices).toBeGreaterThan(5)
    expect(between.length).toBeGreaterThan(5)
    for (const view of between) expect(view).toEqual(before)
    expect(await seen()).toMatchObject({ revision: engine.revision, ...gone, ...more })
    expect(batches).toHaveLength(1)
    expect(batches[0]?.events).toHaveLength(keys + Object.keys(more).length)
    expect(batches[0]?.bounds).toEqual({ first: name(0), last: 'other' in more ? 'other' : name(keys - 1) })
  })

  it('applies what was proposed meanwhile afterwards, in order', async () => {
    const deleting = engine.propose('deleteRange', deleteRequest('k/', 'k0'))
    const putting = engine.propose('put', putRequest(name(0), 'new'))
    await turns.drive(Promise.all([deleting, putting]))
    expect((await putting).revision).toBe((await deleting).revision + 1)
    expect(engine.range(all).count).toBe(1)
    expect(batches.map(({ events }) => events.length)).toEqual([keys, 1])
  })

  it('answers a range as of when it was asked for, whatever is written and compacted meanwhile', async () => {
    const { revision } = engine
    const { result, release } = await driven(engine.longRange(all))
    const kvs: Uint8Array[] = []
    let writes = 0
    const reading = (async () => {
      for await (const list of result.lists()) kvs.push(...list)
    })()
    const slices = await turns.drive(reading, async () => {
      await engine.propose('put', putRequest(name(writes * 97), 'changed'))
      if (writes === 1) await engine.propose('compact', compactRequest(engine.revision))
      writes += 1
    })
    release()
    expect(slices).toBeGreaterThan(5)
    expect(kvs).toHaveLength(keys)
    expect(kvs.reduce((sum, kv) => sum + kv.length + 2, 0)).toBe(result.kvsBytes)
    expect(kvs.some((kv) => Buffer.from(kv).includes('changed'))).toBe(false)
    expect(result).toMatchObject({ revision, count: keys, more: false })
  })

  it('reads in a transaction what was there when it began', async () => {
    const success = [op.range('k/', 'k0'), op.range('k/', 'k0', { countOnly: true })]
    const reading = engine.propose('txn', txnRequest({ success }))
    let writes = 0
    await turns.drive(reading, () => engine.propose('put', putRequest(`k/0${writes++}`)))
    const { responses } = await reading
    expect(writes).toBeGreaterThan(5)
    expect(responses.map(({ result }) => ('count' in result ? result.count : undefined))).toEqual([keys, keys])
  })

  async function driven<T>(work: Promise<T>): Promise<T> {
    await turns.drive(work)
    return work
  }
})
