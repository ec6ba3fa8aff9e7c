import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atOnce, Slices } from '@waypost/core'
import { RangeRequest_SortOrder, RangeRequest_SortTarget } from '@waypost/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../engine-error.ts'
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
  readable,
  revokeRequest,
  txnRequest,
} from './requests.test-support.ts'
import { isInRange, type ModelEvent, type ModelKv, type ModelOp, StoreModel } from './store-model.test-support.ts'

const anyKey = fc.constantFrom('a', 'b', 'ba', 'bb', 'c', 'c\0', 'd', 'd\xff', '\x01')
const anyEnd = fc.constantFrom('', '\0', '\0', 'b', 'c', 'd', 'a')
const anyPut = fc.record({
  kind: fc.constant('put' as const),
  key: anyKey,
  value: fc.string({ maxLength: 3 }),
  lease: fc.constantFrom(0, 0, 1, 2),
})
const anyDelete = fc.record({
  kind: fc.constant('delete' as const),
  key: anyKey,
  end: fc.constantFrom('', '', '', 'b', 'c', '\0'),
})
const anyBound = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) })
const anyRange = fc.record({
  kind: fc.constant('range' as const),
  key: fc.oneof(anyKey, fc.constant('\x01')),
  end: fc.oneof(anyEnd, fc.constant('\0')),
  limit: fc.nat({ max: 4 }),
  back: fc.constantFrom(-1, 0, 0, 0, 0, 1, 2, 3, 5),
  sortOrder: fc.constantFrom(...Object.values(RangeRequest_SortOrder)),
  sortTarget: fc.constantFrom(...Object.values(RangeRequest_SortTarget)),
  keysOnly: fc.boolean(),
  countOnly: fc.boolean(),
  minMod: anyBound,
  maxMod: anyBound,
  minCreate: anyBound,
  maxCreate: anyBound,
})
const anyStep = fc.oneof(
  { weight: 9, arbitrary: anyPut },
  { weight: 1, arbitrary: anyDelete },
  { weight: 5, arbitrary: anyRange },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('txn' as const),
      ops: fc
        .uniqueArray(fc.oneof(anyPut, anyDelete), { maxLength: 4, selector: ({ key }) => key })
        // A transaction that changes a key twice is refused before it gets here.
        .filter(
          (ops) =>
            !ops.some((put) => put.kind === 'put' && ops.some((other) => other !== put && covers(other, put.key))),
        ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('compact' as const),
      back: fc.integer({ min: -1, max: 5 }),
      physical: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('grant' as const), id: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), id: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)
function covers(op: ModelOp, key: string): boolean {
  return op.kind === 'delete' && isInRange(key, op.key, op.end)
}

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
type RangeStep = Extract<Step, { kind: 'range' }>

/** Runs the same steps on the engine and on the model, and compares everything that can be seen. */
class Comparison {
  readonly model = new StoreModel()
  readonly #open: () => Promise<Engine>
  #engine: Engine
  #applied: AppliedBatch[] = []

  private constructor(open: () => Promise<Engine>, engine: Engine) {
    this.#open = open
    this.#engine = engine
    this.#listen()
  }

  static async start(open: () => Promise<Engine>): Promise<Comparison> {
    return new Comparison(open, await open())
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  async run(step: Step): Promise<void> {
    const engine = this.#engine
    const { model } = this
    switch (step.kind) {
      case 'put': {
        const request = putRequest(step.key, step.value, { lease: BigInt(step.lease), prevKv: true })
        if (step.lease !== 0 && !model.leases.has(step.lease)) {
          await expectError('leaseNotFound', engine.propose('put', request))
          break
        }
        const [before] = model.range(step.key, '')
        model.write([step])
        const result = await engine.propose('put', request)
        expect(result.revision).toBe(model.revision)
        expect(result.prevKv && readable(result.prevKv)).toEqual(before)
        break
      }
      case 'delete': {
        const before = model.range(step.key, step.end)
        model.write([step])
        const result = await engine.propose('deleteRange', deleteRequest(step.key, step.end, true))
        expect(result).toMatchObject({ revision: model.revision, deleted: before.length })
        expect(result.prevKvs.map(readable)).toEqual(before)
        break
      }
      case 'txn':
        await this.#txn(step.ops)
        break
      case 'range':
        await this.#range(step)
        break
      case 'compact': {
        const revision = model.revision - step.back
        const expected = model.compact(revision)
        const outcome = engine.propose('compact', compactRequest(revision, step.physical))
        if (expected === undefined) await outcome
        else await expectError(expected, outcome)
        break
      }
      case 'grant': {
        const outcome = engine.propose('leaseGrant', grantRequest(BigInt(step.id)))
        if (model.leases.has(step.id)) await expectError('leaseExists', outcome)
        else expect((await outcome).revision).toBe(model.revision)
        model.leases.add(step.id)
        break
      }
      case 'revoke': {
        const outcome = engine.propose('leaseRevoke', revokeRequest(BigInt(step.id)))
        if (model.revoke(step.id)) expect((await outcome).revision).toBe(model.revision)
        else await expectError('leaseNotFound', outcome)
        break
      }
      case 'reopen':
        await engine.close()
        this.#engine = await this.#open()
        this.#listen()
    }
    expect(this.#engine.revision).toBe(model.revision)
    expect(this.#engine.compactRevision).toBe(model.compactRevision)
  }

  /** Everything that can be read, at every revision there is. */
  checkAll(): void {
    const engine = this.#engine
    const { model } = this
    const first = Math.max(1, model.compactRevision)
    for (let revision = first; revision <= model.revision; revision++) {
      const result = engine.range(rangeRequest('\0', '\0', { revision: BigInt(revision) }))
      expect(result.kvs.map(readable)).toEqual(model.at(revision))
      expect(result.count).toBe(model.at(revision).length)
    }
    for (const lease of [1, 2]) {
      const keys = model
        .at(model.revision)
        .filter((kv) => kv.lease === lease)
        .map((kv) => kv.key)
      expect(engine.leases.keysOf(BigInt(lease))).toEqual(keys)
      expect(engine.leases.has(BigInt(lease))).toBe(model.leases.has(lease))
    }
    expect(this.#applied).toEqual(this.#expectedEvents(2))
    expect(this.#history(first, 3)).toEqual(this.#expectedEvents(first))
    for (const [revision, events] of model.events)
      for (const { key } of events) {
        const previous = engine.previous(key, revision)
        const isKept = revision - 1 >= model.compactRevision
        expect(previous && readable(previous)).toEqual(isKept ? model.range(key, '', revision - 1)[0] : undefined)
      }
  }

  #listen(): void {
    // Where its keys lie is told to listeners only.
    this.#engine.onApplied(({ revision, events }) => this.#applied.push({ revision, events }))
  }

  async #txn(ops: readonly ModelOp[]): Promise<void> {
    const { model } = this
    const request = txnRequest({
      success: ops.map((each) =>
        each.kind === 'put'
          ? op.put(each.key, each.value, { lease: BigInt(each.lease) })
          : op.delete(each.key, each.end),
      ),
    })
    const outcome = this.#engine.propose('txn', request)
    if (ops.some((each) => each.kind === 'put' && each.lease !== 0 && !model.leases.has(each.lease))) {
      await expectError('leaseNotFound', outcome)
      return
    }
    const deleted = model.write(ops)
    const result = await outcome
    expect(result).toMatchObject({ revision: model.revision, succeeded: true })
    const counts = result.responses.map((each) => (each.kind === 'deleteRange' ? each.result.deleted : undefined))
    expect(counts.filter((count) => count !== undefined)).toEqual(deleted)
  }

  async #range(step: RangeStep): Promise<void> {
    const { model } = this
    const revision = step.back < 0 ? model.revision - step.back : step.back === 0 ? 0 : model.revision - step.back
    const request = rangeRequest(step.key, step.end, {
      revision: BigInt(revision),
      limit: BigInt(step.limit),
      sortOrder: step.sortOrder,
      sortTarget: step.sortTarget,
      keysOnly: step.keysOnly,
      countOnly: step.countOnly,
      minModRevision: BigInt(step.minMod),
      maxModRevision: BigInt(step.maxMod),
      minCreateRevision: BigInt(step.minCreate),
      maxCreateRevision: BigInt(step.maxCreate),
    })
    if (revision > model.revision) return void expect(() => this.#engine.range(request)).toThrow('future revision')
    if (revision > 0 && revision < model.compactRevision)
      return void expect(() => this.#engine.range(request)).toThrow('compacted')
    const all = model.range(step.key, step.end, revision <= 0 ? model.revision : revision)
    const { kvs, more } = expectedRange(step, all)
    const result = this.#engine.range(request)
    expect(result.kvs.map(readable)).toEqual(kvs)
    expect(result).toMatchObject({ revision: model.revision, count: all.length, more })
    const { result: sliced, release } = await this.#engine.longRange(request)
    const slicedKvs: Uint8Array[] = []
    for await (const list of sliced.lists()) slicedKvs.push(...list)
    release()
    expect(slicedKvs.map(readable)).toEqual(kvs)
    expect(sliced).toMatchObject({ revision: model.revision, count: all.length, more, kvsBytes: result.kvsBytes })
  }

  #history(from: number, maxRevisions: number): AppliedBatch[] {
    const batches: AppliedBatch[] = []
    for (let next = from; next <= this.model.revision; ) {
      const slice = atOnce(this.#engine.history({ from: next, to: this.model.revision, maxRevisions }))
      expect(slice.next).toBeGreaterThan(next)
      batches.push(...slice.batches)
      next = slice.next
    }
    return batches
  }

  #expectedEvents(from: number): unknown[] {
    return [...this.model.events]
      .filter(([revision]) => revision >= from)
      .map(([revision, events]) => ({ revision, events: events.map((event) => expectedEvent(event, revision)) }))
  }
}

function expectedEvent({ type, key, kv }: ModelEvent, revision: number): unknown {
  const shown = kv ?? { key, createRevision: 0, modRevision: revision, version: 0, value: '', lease: 0 }
  return {
    type,
    key,
    kv: expect.toSatisfy((bytes: Uint8Array) => JSON.stringify(readable(bytes)) === JSON.stringify(shown)),
    created: kv?.createRevision === revision,
  }
}

/** The rules of a range, applied to the pairs in it at the revision asked for. */
function expectedRange(step: RangeStep, all: readonly ModelKv[]): { kvs: ModelKv[]; more: boolean } {
  if (step.countOnly) return { kvs: [], more: false }
  const isFiltered = step.minMod + step.maxMod + step.minCreate + step.maxCreate > 0
  const cutsFirst = step.limit > 0 && step.sortOrder === RangeRequest_SortOrder.NONE && !isFiltered
  const kvs = (cutsFirst ? all.slice(0, step.limit + 1) : all).filter(
    (kv) =>
      kv.modRevision >= step.minMod &&
      (step.maxMod === 0 || kv.modRevision <= step.maxMod) &&
      kv.createRevision >= step.minCreate &&
      (step.maxCreate === 0 || kv.createRevision <= step.maxCreate),
  )
  const property = (kv: ModelKv): string | number =>
    [kv.key, kv.version, kv.createRevision, kv.modRevision, kv.value][step.sortTarget] ?? 0
  const isSorted = step.sortOrder !== RangeRequest_SortOrder.NONE || step.sortTarget !== RangeRequest_SortTarget.KEY
  const sign = step.sortOrder === RangeRequest_SortOrder.DESCEND ? -1 : 1
  if (isSorted)
    kvs.sort((a, b) => (property(a) < property(b) ? -sign : property(a) > property(b) ? sign : a.key < b.key ? -1 : 1))
  const more = step.limit > 0 && kvs.length > step.limit
  const cut = more ? kvs.slice(0, step.limit) : kvs
  if (!step.keysOnly) return { kvs: cut, more }
  const showsLease = step.sortTarget === RangeRequest_SortTarget.VALUE
  return { kvs: cut.map((kv) => ({ ...kv, value: '', lease: showsLease ? kv.lease : 0 })), more }
}

async function expectError(reason: string, outcome: Promise<unknown>): Promise<void> {
  const error = await outcome.then(
    () => undefined,
    (rejection: unknown) => rejection,
  )
  expect(error).toBeInstanceOf(EngineError)
  expect(error).toMatchObject({ reason })
}

async function compare(open: () => Promise<Engine>, steps: readonly Step[]): Promise<void> {
  const comparison = await Comparison.start(open)
  try {
    // Something to look at from the start: keys whose order differs from that of their revisions and versions.
    for (const key of ['d', 'b', 'c', 'bb', 'b', 'a'] as const)
      await comparison.run({ kind: 'put', key, value: key, lease: 0 })
    for (const step of steps) await comparison.run(step)
    comparison.checkAll()
    await comparison.run({ kind: 'compact', back: 0, physical: true })
    comparison.checkAll()
  } finally {
    await comparison.close()
  }
}

/** Every slice is as short as can be, and nothing is too short for it. */
function finest(): Slices {
  let nowMs = 0
  return new Slices({
    keysAtOnce: 0,
    nowMs: () => {
      nowMs += 10
      return nowMs
    },
  })
}

describe('Engine, compared with a model', () => {
  it('answers the same in memory', async () => {
    const steps = fc.array(
      anyStep.filter(({ kind }) => kind !== 'reopen'),
      { minLength: 20, maxLength: 60, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(steps, (each) => compare(() => Engine.open({ backend: memoryBackend }), each)),
      { numRuns: 300 },
    )
  })

  it('answers the same when everything is done in slices', async () => {
    const steps = fc.array(
      anyStep.filter(({ kind }) => kind !== 'reopen'),
      { minLength: 20, maxLength: 60, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(steps, (each) => compare(() => Engine.open({ backend: memoryBackend, slices: finest() }), each)),
      { numRuns: 100 },
    )
  })

  it('answers the same on disk, also after it was opened again', async () => {
    const steps = fc.array(anyStep, { minLength: 10, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'waypost-test-'))
        try {
          await compare(() => Engine.open({ backend: directoryBackend(dataDir) }), each)
        } finally {
          rmSync(dataDir, { recursive: true, force: true })
        }
      }),
      { numRuns: 20 },
    )
  })
})
