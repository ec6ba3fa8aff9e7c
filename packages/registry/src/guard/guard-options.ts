import { invalidArgument } from '@waypost/core'
import { number, type OptionKinds } from '@waypost/core/options'
import { checkNotNegative } from '../record/check-values.ts'

/**
 * When a view believes that instances are gone, and when it would rather believe that the store has lost them.
 *
 * A record that goes without having said `leaving` is a loss. When more than `share` of the instances that are `up`,
 * and at least `minimum`, are lost within `windowMs`, the view goes on showing them, marked `suspect`, until they are
 * back, until one of them refuses a connection, or for `holdMs`. What leaves deliberately goes at once in any case.
 *
 * The share is the one of Netflix Eureka's self-preservation, which expects 85 % of the renewals.
 */
export interface GuardOptions {
  /** From 0 to 1. Default 0.15. */
  readonly share?: number | undefined
  /** Default 2. */
  readonly minimum?: number | undefined
  /** Losses within this time are counted together, in milliseconds. Default 10,000. */
  readonly windowMs?: number | undefined
  /**
   * How long a single loss waits for others, in milliseconds, before the instance is taken from the views.
   * A record that is back by then was never away. Default 300.
   */
  readonly settleMs?: number | undefined
  /** How long an instance may be suspect, in milliseconds. Default 300,000. */
  readonly holdMs?: number | undefined
}

export const guardOptionKinds: OptionKinds<GuardOptions> = {
  share: number,
  minimum: number,
  windowMs: number,
  settleMs: number,
  holdMs: number,
}

export type ResolvedGuard = { readonly [Name in keyof GuardOptions]-?: number }

const defaults: ResolvedGuard = { share: 0.15, minimum: 2, windowMs: 10_000, settleMs: 300, holdMs: 300_000 }

/** Completes the defaults. `false` believes every loss at once. Throws `invalid-argument`. */
export function resolveGuard(options: GuardOptions | false = {}): ResolvedGuard | undefined {
  if (options === false) return undefined
  const resolved = {
    share: options.share ?? defaults.share,
    minimum: options.minimum ?? defaults.minimum,
    windowMs: options.windowMs ?? defaults.windowMs,
    settleMs: options.settleMs ?? defaults.settleMs,
    holdMs: options.holdMs ?? defaults.holdMs,
  }
  checkNotNegative(Object.fromEntries(Object.entries(resolved).map(([name, value]) => [`guard.${name}`, value])))
  if (resolved.share > 1) throw invalidArgument(`guard.share is at most 1, not ${resolved.share}.`)
  return Object.freeze(resolved)
}
