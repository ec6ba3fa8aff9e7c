import type { BreakerSpec, RetriesSpec, TimeoutsSpec } from '../../document/routes-document.ts'
import type { BreakerRule, RetryReason, RetryRule, RouteTimeouts } from '../route.ts'

const defaultRetryReasons: readonly RetryReason[] = ['connect', 'reset', '503']
const idempotent = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']

/** The timeouts of a route, completed by the defaults. */
export function buildTimeouts(spec: TimeoutsSpec): RouteTimeouts {
  const { connectMs = 2_000, headersMs = 30_000, idleMs = 60_000, tryMs, totalMs } = spec
  return { connectMs, headersMs, idleMs, tryMs, totalMs }
}

/** The retries of a route, completed by the defaults. */
export function buildRetries(spec: RetriesSpec): RetryRule {
  const { attempts = 2, budgetPercent = 20, budgetMinPerSecond = 10 } = spec
  return {
    attempts,
    on: new Set(spec.on ?? defaultRetryReasons),
    methods: new Set(spec.methods ?? idempotent),
    budgetShare: budgetPercent / 100,
    budgetMinPerSecond,
  }
}

/** The breaker of a route, completed by the defaults. */
export function buildBreaker(spec: BreakerSpec): BreakerRule {
  const { failurePercent = 50, minRequests = 20, windowMs = 10_000, openMs = 5_000 } = spec
  return { failureShare: failurePercent / 100, minRequests, windowMs, openMs }
}
