import { WaypostError } from '@waypost/core'
import { anything, checkOptions, number, type OptionKinds, text } from '@waypost/core/options'
import { type AlgorithmName, algorithmNames, algorithms, isAlgorithmName } from './algorithms.ts'

/** How calls are spread over the instances of a service. */
export interface BalanceOptions {
  /** Default `round-robin` for `discover`, `peak-ewma` for calls. */
  readonly algorithm?: AlgorithmName | undefined
  /**
   * The caller's own zone. Instances there are preferred as far as they have capacity: when the zone holds less than
   * an even share of the weight, the rest spills into zones that hold more. Default none: zones mean nothing.
   */
  readonly zone?: string | undefined
  /** With fewer usable instances zones are ignored. Default 6. */
  readonly zoneMinInstances?: number | undefined
  /**
   * How long an instance that joins takes less than its share, growing linearly; 0 for not at all. Default 30,000.
   * Those of the first list take their full share, and `rendezvous` knows no slow start.
   */
  readonly slowStartMs?: number | undefined
  /** The share of its weight with which it begins. Default 0.1. */
  readonly slowStartShare?: number | undefined
  /** How many failed calls in a row eject an instance; 0 ejects none. Default 5. */
  readonly ejectAfterFailures?: number | undefined
  /** How long an instance is passed over the first time; the n-th time it is n times as long. Default 30,000. */
  readonly ejectionMs?: number | undefined
  /** The longest time for which an instance is passed over. Default 300,000. */
  readonly maxEjectionMs?: number | undefined
  /**
   * The largest share of instances that is ejected at a time. Default 0.1, and 0.5 of ten or fewer. It does not hold
   * for those that cannot be reached.
   */
  readonly maxEjectedShare?: number | undefined
  /**
   * When a smaller share than this is left of the instances that can be reached, those ejected are used again: that so
   * many are sick is less likely than that it is not their fault. Default 0.5.
   */
  readonly panicShare?: number | undefined
  /** The time constant of the decaying average of latencies. Default 10,000. */
  readonly latencyDecayMs?: number | undefined
}

export const balanceOptionKinds: OptionKinds<BalanceOptions> = {
  algorithm: anything(),
  zone: text,
  zoneMinInstances: number,
  slowStartMs: number,
  slowStartShare: number,
  ejectAfterFailures: number,
  ejectionMs: number,
  maxEjectionMs: number,
  maxEjectedShare: number,
  panicShare: number,
  latencyDecayMs: number,
}

export interface BalanceSettings {
  readonly algorithm: AlgorithmName
  readonly zone: string | undefined
  readonly zoneMinInstances: number
  readonly slowStartMs: number
  readonly slowStartShare: number
  readonly ejectAfterFailures: number
  readonly ejectionMs: number
  readonly maxEjectionMs: number
  readonly maxEjectedShare: number | undefined
  readonly panicShare: number
  readonly latencyDecayMs: number
}

/** Completes the defaults. Throws `invalid-argument`. */
export function resolveBalance(options: BalanceOptions, defaultAlgorithm: AlgorithmName): BalanceSettings {
  checkOptions('resolveBalance', options, balanceOptionKinds)
  const { algorithm = defaultAlgorithm, zone, maxEjectedShare } = options
  if (!isAlgorithmName(algorithm)) {
    throw new WaypostError(
      'invalid-argument',
      `The algorithm must be one of ${algorithmNames.join(', ')}, not ${algorithm}.`,
    )
  }
  return {
    algorithm,
    zone,
    zoneMinInstances: atLeast(0, 'zoneMinInstances', options.zoneMinInstances ?? 6),
    slowStartMs: algorithms[algorithm].slowStart ? atLeast(0, 'slowStartMs', options.slowStartMs ?? 30_000) : 0,
    slowStartShare: share('slowStartShare', options.slowStartShare ?? 0.1),
    ejectAfterFailures: atLeast(0, 'ejectAfterFailures', options.ejectAfterFailures ?? 5),
    ejectionMs: atLeast(0, 'ejectionMs', options.ejectionMs ?? 30_000),
    maxEjectionMs: atLeast(0, 'maxEjectionMs', options.maxEjectionMs ?? 300_000),
    maxEjectedShare: maxEjectedShare === undefined ? undefined : share('maxEjectedShare', maxEjectedShare),
    panicShare: share('panicShare', options.panicShare ?? 0.5),
    latencyDecayMs: atLeast(1, 'latencyDecayMs', options.latencyDecayMs ?? 10_000),
  }
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isFinite(value) && value >= least) return value
  throw new WaypostError('invalid-argument', `${name} must be a number of ${least} or more, not ${value}.`)
}

function share(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value
  throw new WaypostError('invalid-argument', `${name} must be a share from 0 to 1, not ${value}.`)
}
