import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireOrSkip } from '../src/index.ts'
import { AuthSide } from './auth-duel/auth-side.ts'
import { type AuthStep, authSteps } from './auth-duel/auth-step.ts'
import { type Pair, startPair } from './beside-etcd.test-support.ts'
import { firstDifference } from './differential/first-difference.ts'

const long = process.env.WAYPOST_LONG === '1'
const budgetMs = long ? 5 * 60_000 : 3_000
const runs = requireOrSkip('permissions beside etcd', 'etcd')

describe.skipIf(!runs)('who may do what', () => {
  let pair: Pair
  let etcd: AuthSide
  let ours: AuthSide
  let steps = 0

  beforeAll(async () => {
    pair = await startPair()
    etcd = await AuthSide.open(pair.etcd)
    ours = await AuthSide.open(pair.ours)
  })
  afterAll(() => pair?.close())

  async function duel(sequence: readonly AuthStep[]): Promise<void> {
    await Promise.all([etcd.reset(), ours.reset()])
    for (const [index, step] of sequence.entries()) {
      const [theirs, own] = await Promise.all([etcd.run(step), ours.run(step)])
      const difference = firstDifference(theirs, own, ['etcd', 'the embedded server'])
      if (difference !== undefined)
        throw new Error(`Step ${index}, ${inspect(step, { depth: 9, breakLength: 160 })}, differs ${difference}`)
      steps += 1
    }
  }

  it('is the same as in etcd', { timeout: budgetMs + 120_000 }, async () => {
    const seed = process.env.WAYPOST_SEED
    await fc.assert(fc.asyncProperty(authSteps, duel), {
      numRuns: 1_000_000,
      interruptAfterTimeLimit: budgetMs,
      markInterruptAsFailure: false,
      endOnFailure: true,
      ...(seed ? { seed: Number(seed) } : {}),
    })
    expect(steps).toBeGreaterThan(0)
  })
})
