import { checkOptions, kindOf, type OptionKinds, text } from '@waypost/core/options'
import type { Instance } from '../record/instance.ts'

/** What one pick takes into account. */
export interface PickOptions {
  /** Not these, whatever their records say by now: those that this call has tried already. */
  readonly exclude?: readonly Instance[] | undefined
  /** What `rendezvous` hashes: equal keys go to the same instance as long as it is there. */
  readonly key?: string | undefined
  /** The caller's zone, when it differs from the one in the options of the balancer. */
  readonly zone?: string | undefined
}

const pickOptionKinds: OptionKinds<PickOptions> = {
  exclude: kindOf<readonly Instance[]>('a list of instances', Array.isArray),
  key: text,
  zone: text,
}

/** Throws `invalid-argument`. `checkOptions` writes the message; a pick is too quick for it to look each time. */
export function checkPickOptions(options: PickOptions): void {
  if (!isPickOptions(options)) checkOptions('pick', options, pickOptionKinds)
}

function isPickOptions(options: PickOptions): boolean {
  if (typeof options !== 'object' || options === null) return false
  for (const name in options) if (name !== 'exclude' && name !== 'key' && name !== 'zone') return false
  const { exclude, key, zone } = options
  return (
    (exclude === undefined || Array.isArray(exclude)) &&
    (key === undefined || typeof key === 'string') &&
    (zone === undefined || typeof zone === 'string')
  )
}

/**
 * How a call went. `ok`: the instance answered, whatever it said. `failed`: it answered 502, 503 or 504, lost the
 * connection or took too long. `unreachable`: it took no connection, so that nothing was sent. `abandoned`: the caller
 * gave up, which says nothing about the instance.
 */
export type CallResult = 'ok' | 'failed' | 'unreachable' | 'abandoned'

export interface Outcome {
  readonly result: CallResult
  /** From the call to the first part of its answer. Absent for long polls, whose latency means nothing. */
  readonly latencyMs?: number | undefined
}

/** Chooses among the instances of a service. Called for every request: it must be quick and must not throw. */
export interface Balancer {
  /** An instance is there, or has changed. Those that take no traffic are told too. */
  set(instance: Instance): void
  /** An instance is there that was there before anybody asked: it takes its full share at once. */
  load(instance: Instance): void
  delete(key: string): void
  /** An instance that takes traffic, or `undefined` when none is left. */
  pick(options?: PickOptions): Instance | undefined
  /** A call to the instance begins; `end` or `abandoned` follows. */
  begin(instance: Instance): void
  /** The call ends. */
  end(instance: Instance, outcome: Outcome): void
  /** An outcome of a call that was not announced by `begin`. */
  report(instance: Instance, outcome: Outcome): void
  /** Stops all timers. Picks go on to work. Idempotent. */
  close(): void
}

/** Whether an instance is to get calls at all, as its record and its operators have it. */
export function takesTraffic({ status, weight }: Instance): boolean {
  return status === 'up' && weight > 0
}
