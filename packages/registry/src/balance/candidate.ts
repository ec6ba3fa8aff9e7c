import type { Instance } from '../record/instance.ts'
import { hash } from './hash.ts'

/**
 * Why an instance is passed over.
 *
 * - `ejected`: it failed too often in a row.
 * - `unreachable`: it took no connection.
 * - `unproven`: its record is lost, and it has not answered since; see `GuardOptions`.
 */
export type Block = 'ejected' | 'unreachable' | 'unproven'

/** What a consumer knows of an instance beyond its record. Its numbers change with every call. */
export class Candidate {
  instance: Instance
  readonly hash: number
  /** The record's weight, less while it starts slowly. Above 0 whenever an algorithm sees it. */
  weight: number
  /** Whether its record lets it take traffic. */
  active = false
  /** Whether the algorithms see it. */
  pooled = false
  inFlight = 0
  /** The decaying average, as of `latencyAtMs`; 0 while nothing is known. */
  latencyMs = 0
  latencyAtMs = 0
  consecutiveFailures = 0
  /** Whether it has answered since its record was lost. */
  hasAnswered = false
  block: Block | undefined
  blockedUntilMs = 0
  /** How often it was blocked recently: the next block lasts that many times longer. */
  blocks = 0
  /** When `blocks` is next reduced. */
  forgiveAtMs = 0
  /** When it began to take traffic; `undefined` when it takes its full share. */
  slowSinceMs: number | undefined

  constructor(instance: Instance) {
    this.instance = instance
    this.hash = hash(instance.key)
    this.weight = instance.weight
  }
}
