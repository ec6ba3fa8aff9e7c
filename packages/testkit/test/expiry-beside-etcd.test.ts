import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireOrSkip } from '../src/index.ts'
import { text } from '../src/wire/view.ts'
import type { Wire } from '../src/wire/wire.ts'
import { type Pair, startPair } from './beside-etcd.test-support.ts'

const runs = requireOrSkip('the expiry of leases beside etcd', 'etcd')
const long = process.env.WAYPOST_LONG === '1'

const lease = fc.integer({ min: 0, max: 3 })
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), key, lease }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('put' as const), key, lease: fc.constant(-1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), lease }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), lease }) },
)
type LeaseStep = typeof step extends fc.Arbitrary<infer S> ? S : never
const scenes = fc.array(fc.array(step, { minLength: 1, maxLength: 15 }), { minLength: 30, maxLength: 30 })

/**
 * Plays each scene on leases and keys of its own, waits until every lease has expired, and tells what the expiries
 * deleted, revision by revision, and what is left. Which of two leases goes first is up to the clock.
 */
async function outcome(
  wire: Wire,
  prefix: string,
  played: readonly (readonly LeaseStep[])[],
  idOf: (scene: number, lease: number) => bigint,
) {
  const sinceMs = performance.now()
  for (const scene of played.keys()) for (let each = 0; each < 4; each++) await wire.grant(3n, idOf(scene, each))
  const refused: string[] = []
  await Promise.all(
    played.map(async (steps, scene) => {
      for (const [index, each] of steps.entries())
        await play(wire, `${prefix}${String(scene).padStart(3, '0')}/`, each, (number) => idOf(scene, number)).catch(
          (error: unknown) => refused.push(`${scene}.${index}: ${String(error)}`),
        )
    }),
  )
  const { header } = await wire.range('a')
  const end = `${prefix.slice(0, -1)}0`
  const watch = wire.watch()
  await watch.create(prefix, { end, startRevision: (header?.revision ?? 0n) + 1n, filters: [0] })
  const expected = Number((await wire.range(prefix, { end })).kvs.filter((kv) => kv.lease !== 0n).length)
  // On a machine so slow that leases went already it is another scene.
  fc.pre(performance.now() - sinceMs < 2_400)
  const byRevision = new Map<bigint, string[]>()
  for (let told = 0; told < expected; ) {
    const { events } = await watch.next()
    told += events.length
    for (const { kv } of events)
      if (kv) byRevision.set(kv.modRevision, [...(byRevision.get(kv.modRevision) ?? []), text(kv.key)])
  }
  await watch.close()
  return {
    refused: refused.sort(),
    expired: [...byRevision.values()].map((keys) => keys.join()).sort(),
    left: (await wire.range(prefix, { end })).kvs.map((kv) => `${text(kv.key)} ${kv.version} ${kv.lease}`),
  }
}

async function play(wire: Wire, prefix: string, each: LeaseStep, idOf: (lease: number) => bigint): Promise<unknown> {
  switch (each.kind) {
    case 'put':
      return wire.put(prefix + each.key, 'x', each.lease < 0 ? {} : { lease: idOf(each.lease) })
    case 'delete':
      return wire.delete(prefix + each.key)
    case 'renew':
      return wire.keepAlive(idOf(each.lease))
    case 'revoke':
      return wire.revoke(idOf(each.lease))
  }
}

describe.skipIf(!runs)('leases that expire', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await startPair()
  })
  afterAll(() => pair?.close())

  it('take with them what they take in etcd, each in one revision', async () => {
    let serial = 0
    await fc.assert(
      fc.asyncProperty(scenes, async (played) => {
        serial += 1
        const base = serial * 100_000
        const idOf = (scene: number, number: number): bigint => BigInt(base + scene * 10 + number)
        const [model, ours] = await Promise.all([
          outcome(pair.etcd, `${serial}/`, played, idOf),
          outcome(pair.ours, `${serial}/`, played, idOf),
        ])
        expect(ours).toEqual(model)
        expect(model.expired.length).toBeGreaterThan(0)
      }),
      // Time that passes cannot be shrunk.
      { numRuns: long ? 15 : 1, endOnFailure: true },
    )
  })
})
