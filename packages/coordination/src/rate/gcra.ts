/** `limit` events in `intervalMs`, of which `burst` may come at once. */
export interface Rate {
  readonly limit: number
  readonly intervalMs: number
  readonly burst: number
}

export interface Decision {
  readonly allowed: boolean
  /** The theoretical arrival time from now on, in milliseconds since the epoch. */
  readonly arrivalMs: number
  /** How long until the same request would be allowed; 0 when it is. */
  readonly retryAfterMs: number
  /** How many more would be allowed at this moment. */
  readonly remaining: number
}

/**
 * Decides by the generic cell rate algorithm, whose whole state is one time: when the next event is due if all came
 * evenly spaced.
 *
 * A clock that runs ahead can write a time that lies far in the future for others. What lies further ahead than a full
 * burst cannot come from events alone, and is cut to that.
 *
 * Source: ITU-T I.371, annex A (virtual scheduling).
 */
export function decide(rate: Rate, arrivalMs: number | undefined, nowMs: number, amount: number): Decision {
  const spacingMs = rate.intervalMs / rate.limit
  const burstMs = spacingMs * rate.burst
  const dueMs = Math.min(Math.max(arrivalMs ?? nowMs, nowMs), nowMs + burstMs)
  const nextMs = dueMs + spacingMs * amount
  const earlyMs = nextMs - nowMs - burstMs
  // Sums of fractions may be off by a rounding.
  const allowed = earlyMs <= 1e-6
  const usedMs = (allowed ? nextMs : dueMs) - nowMs
  return {
    allowed,
    arrivalMs: allowed ? nextMs : dueMs,
    retryAfterMs: allowed ? 0 : earlyMs,
    remaining: Math.max(0, Math.floor((burstMs - usedMs) / spacingMs + 1e-6)),
  }
}
