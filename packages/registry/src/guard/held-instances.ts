import { resolveGuard } from './guard-options.ts'
import { LossGuard } from './loss-guard.ts'

/** What became of one instance of a service that was up. */
export interface SeenChange {
  /** Unique to the instance. */
  readonly key: string
  readonly address: string
  readonly atMs: number
  /** `lost`: its record went without having said `leaving`; `up`: it takes traffic; `gone`: it left, or waits. */
  readonly became: 'lost' | 'up' | 'gone'
  /** Whether it was up before. */
  readonly wasUp: boolean
}

/**
 * Which instances of a service consumers with the guard's defaults still show, although their records are gone, told
 * from what has happened within its `holdMs`: since when, and until when at most. A consumer that an instance has
 * refused gives that one up at once, which cannot be told from here.
 *
 * @param changes in their order
 * @param up how many are up after them
 */
export function heldInstances(
  changes: readonly SeenChange[],
  up: number,
  nowMs: number,
): ReadonlyMap<string, { readonly sinceMs: number; readonly untilMs: number }> {
  const options = resolveGuard()
  if (options === undefined) return new Map()
  const guard = new LossGuard(options)
  const lostAtMs = new Map<string, { readonly atMs: number; readonly address: string }>()
  let shown = changes.reduce((before, { became, wasUp }) => before - Number(became === 'up') + Number(wasUp), up)
  for (const { key, address, atMs, became, wasUp } of changes) {
    giveUpUntil(guard, atMs)
    if (became === 'lost' && wasUp) {
      lostAtMs.set(key, { atMs, address })
      guard.lose([key], shown + [...guard.waiting].length, atMs)
    } else {
      // A record at its address: what was there had restarted.
      const replaced = [...lostAtMs].filter(([other, lost]) => other === key || lost.address === address)
      for (const [other] of became === 'up' ? replaced : []) {
        lostAtMs.delete(other)
        if (other === key) guard.present(key, atMs)
        else if (!guard.gone(other, atMs)) guard.discount(other)
      }
    }
    shown += Number(became === 'up') - Number(wasUp)
  }
  giveUpUntil(guard, nowMs)
  if (guard.holdingSinceMs === undefined) return new Map()
  const waiting = new Set(guard.waiting)
  return new Map(
    [...lostAtMs].flatMap(([key, { atMs }]) =>
      waiting.has(key) ? [[key, { sinceMs: atMs, untilMs: atMs + options.holdMs }] as const] : [],
    ),
  )
}

/** As a timer would have done. */
function giveUpUntil(guard: LossGuard, nowMs: number): void {
  for (let dueMs = guard.nextDueMs; dueMs !== undefined && dueMs <= nowMs; dueMs = guard.nextDueMs) guard.giveUp(dueMs)
}
