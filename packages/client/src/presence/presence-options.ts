import { checkOptions, type OptionKinds, oneOf, positiveNumber, wholeNumber } from '@waypost/core/options'

/** How long what a process says of itself outlives it, and what keeps it alive. */
export interface PresenceOptions {
  /** How long records outlive a process that dies, in whole seconds, at least 2. Default 10. */
  readonly ttlSeconds?: number | undefined
  /**
   * `worker` renews the lease in a thread of its own, so that a busy event loop does not take the process out of the
   * views; see `hungLimitMs`. Default `loop`.
   */
  readonly heartbeat?: 'loop' | 'worker' | undefined
  /**
   * With the heartbeat `worker`: when the event loop has not turned for so long, in milliseconds, the process counts
   * as hung and is no longer renewed, so that its records expire. Default 30,000.
   */
  readonly hungLimitMs?: number | undefined
}

export type PresenceSettings = { readonly [Name in keyof PresenceOptions]-?: NonNullable<PresenceOptions[Name]> }

export const presenceOptionKinds: OptionKinds<PresenceOptions> = {
  ttlSeconds: wholeNumber(2),
  heartbeat: oneOf('loop', 'worker'),
  hungLimitMs: positiveNumber('milliseconds'),
}

const defaultPresence: PresenceSettings = { ttlSeconds: 10, heartbeat: 'loop', hungLimitMs: 30_000 }

/** Completes what is not given; other options of the object are ignored. Throws `invalid-argument`. */
export function resolvePresence(
  options: PresenceOptions,
  otherwise: PresenceSettings = defaultPresence,
): PresenceSettings {
  const { ttlSeconds = otherwise.ttlSeconds, heartbeat = otherwise.heartbeat } = options
  const { hungLimitMs = otherwise.hungLimitMs } = options
  const settings = { ttlSeconds, heartbeat, hungLimitMs }
  checkOptions('presence', settings, presenceOptionKinds)
  return settings
}
