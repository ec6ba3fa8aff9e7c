import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

function spend(budget: RetryBudget): number {
  let spent = 0
  while (budget.withdraw()) spent += 1
  return spent
}

describe('the retry budget', () => {
  it('allows a few retries a second to one who calls seldom', async () => {
    const clock = new FakeClock()
    const budget = new RetryBudget({}, clock)
    expect(spend(budget)).toBe(30)
    await clock.advance(2_000)
    expect(spend(budget)).toBe(6)
    await clock.advance(600_000)
    expect(spend(budget)).toBe(30)
  })

  it('allows a share of the calls of the last ten seconds', async () => {
    const clock = new FakeClock()
    const budget = new RetryBudget({ share: 0.2, minPerSecond: 0 }, clock)
    expect(budget.withdraw()).toBe(false)
    for (let call = 0; call < 1001; call++) budget.deposit()
    expect(spend(budget)).toBe(200)
    for (let call = 0; call < 1001; call++) budget.deposit()
    await clock.advance(9_000)
    expect(budget.balance).toBeGreaterThan(200)
    await clock.advance(1_000)
    expect(spend(budget)).toBe(0)
  })
})
