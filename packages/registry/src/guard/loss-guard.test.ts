import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveGuard } from './guard-options.ts'
import { LossGuard } from './loss-guard.ts'

function newGuard(): LossGuard {
  const options = resolveGuard({ share: 0.15, minimum: 2, windowMs: 10_000, settleMs: 300, holdMs: 300_000 })
  if (options === undefined) throw new Error('It is not off.')
  return new LossGuard(options)
}

const ten = Array.from({ length: 10 }, (_, index) => `k${index}`)

describe('the guard against lost records', () => {
  it('believes a single loss after it has waited for others', () => {
    const guard = newGuard()
    expect(guard.lose(['k0'], 10, 1_000)).toEqual([])
    expect(guard.nextDueMs).toBe(1_300)
    expect(guard.giveUp(1_299)).toEqual([])
    expect(guard.giveUp(1_300)).toEqual(['k0'])
    expect(guard.holdingSinceMs).toBeUndefined()
  })

  it('holds what is lost at once, until it is back', () => {
    const guard = newGuard()
    guard.lose(ten.slice(0, 6), 10, 0)
    expect(guard.holdingSinceMs).toBe(0)
    expect(guard.giveUp(299_999)).toEqual([])
    for (const key of ten.slice(0, 6)) guard.present(key, 5_000)
    expect(guard.holdingSinceMs).toBeUndefined()
    expect(guard.nextDueMs).toBeUndefined()
  })

  it('holds what is lost one by one, once it comes to too many', () => {
    const guard = newGuard()
    guard.lose(['k0'], 10, 0)
    expect(guard.giveUp(300)).toEqual(['k0'])
    guard.lose(['k1'], 9, 2_000)
    expect(guard.holdingSinceMs).toBe(2_000)
    guard.lose(['k2'], 9, 4_000)
    expect(guard.giveUp(290_000)).toEqual([])
    expect(new Set(guard.giveUp(302_000))).toEqual(new Set(['k0', 'k1']))
  })

  it('takes what expires in a trickle for one event: those given up first wait again', () => {
    const guard = newGuard()
    const twenty = Array.from({ length: 20 }, (_, index) => `k${index}`)
    for (const [index, key] of twenty.slice(0, 12).entries()) {
      guard.giveUp(index * 400)
      guard.lose([key], twenty.length, index * 400)
    }
    expect(new Set(guard.waiting)).toEqual(new Set(twenty.slice(0, 12)))
  })

  it('counts no loss that says nothing about the store', () => {
    const guard = newGuard()
    for (let index = 0; index < 10; index++) {
      guard.lose(['k0'], 5, index * 1_000)
      expect(guard.giveUp(index * 1_000 + 300)).toEqual(['k0'])
      guard.discount('k0')
    }
    expect(guard.holdingSinceMs).toBeUndefined()
  })

  it('forgets losses that are older than the window', () => {
    const guard = newGuard()
    guard.lose(['k0'], 10, 0)
    guard.giveUp(300)
    guard.lose(['k1'], 9, 10_301)
    expect(guard.holdingSinceMs).toBeUndefined()
  })

  it('gives the last ones some time when most are back', () => {
    const guard = newGuard()
    guard.lose(ten.slice(0, 3), 10, 0)
    guard.present('k0', 1_000)
    expect(guard.holdingSinceMs).toBe(0)
    guard.present('k1', 2_000)
    expect(guard.holdingSinceMs).toBeUndefined()
    expect(guard.giveUp(11_999)).toEqual([])
    expect(guard.giveUp(12_000)).toEqual(['k2'])
  })

  it('believes a refused connection, before and after the loss', () => {
    const guard = newGuard()
    expect(guard.refused('k0', 0)).toBe(false)
    expect(guard.lose(['k0'], 10, 5_000)).toEqual(['k0'])
    guard.lose(ten.slice(1, 5), 9, 5_000)
    expect(guard.refused('k1', 6_000)).toBe(true)
    expect(guard.isWaiting('k1')).toBe(false)
    expect([...guard.waiting]).toEqual(['k2', 'k3', 'k4'])
  })

  it('does not hold a refusal against an instance that answers again, or forever', () => {
    const guard = newGuard()
    guard.refused('k0', 0)
    guard.answered('k0')
    guard.refused('k1', 0)
    expect(guard.lose(['k0', 'k1'], 100, 61_000)).toEqual([])
  })

  it('gives nothing up that is back in time, and everything that is not', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 20_000 }),
      lose: fc.uniqueArray(fc.constantFrom(...ten), { maxLength: 10 }),
      back: fc.uniqueArray(fc.constantFrom(...ten), { maxLength: 10 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const guard = newGuard()
        const shown = new Set(ten)
        const lostAtMs = new Map<string, number>()
        const givenUpAtMs = new Map<string, number>()
        let nowMs = 0
        const giveUp = (): void => {
          for (const key of guard.giveUp(nowMs)) {
            const at = lostAtMs.get(key)
            if (at === undefined) throw new Error(`${key} has a record.`)
            expect(nowMs - at).toBeGreaterThanOrEqual(300)
            shown.delete(key)
            lostAtMs.delete(key)
            givenUpAtMs.set(key, nowMs)
          }
        }
        for (const { waitMs, lose, back } of steps) {
          nowMs += waitMs
          giveUp()
          const lost = lose.filter((key) => shown.has(key) && !lostAtMs.has(key))
          for (const key of lost) lostAtMs.set(key, nowMs)
          const wasHolding = guard.holdingSinceMs !== undefined
          guard.lose(lost, shown.size, nowMs)
          const revived = [...guard.waiting].filter((key) => !lostAtMs.has(key))
          for (const key of revived) {
            expect(wasHolding).toBe(false)
            expect(nowMs - (givenUpAtMs.get(key) ?? Number.NaN)).toBeLessThanOrEqual(10_000)
            lostAtMs.set(key, nowMs)
            shown.add(key)
          }
          // What is lost in one moment in great number is not given up before its time.
          if (lost.length >= 2 && lost.length > 0.15 * 10) expect(guard.holdingSinceMs).toBeDefined()
          for (const key of back) {
            guard.present(key, nowMs)
            lostAtMs.delete(key)
            shown.add(key)
          }
          expect(new Set(guard.waiting)).toEqual(new Set(lostAtMs.keys()))
        }
        nowMs += 310_000
        giveUp()
        expect([...guard.waiting]).toEqual([])
        expect(guard.holdingSinceMs).toBeUndefined()
      }),
    )
  })
})
