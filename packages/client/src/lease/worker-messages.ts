import type { Clock } from '@waypost/core'
import { systemClock } from '@waypost/core'
import type { Credentials } from '../link/login.ts'
import type { EtcdTlsOptions } from '../link/tls-material.ts'

/** How the worker reaches the store: as the client does. */
export interface WorkerSettings {
  readonly endpoints: readonly string[]
  readonly tls: EtcdTlsOptions | undefined
  readonly auth: Credentials | undefined
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

export interface WorkerData {
  readonly settings: WorkerSettings
  /** When the main loop last turned; see `TimeCell`. */
  readonly heartbeat: SharedArrayBuffer
}

export type ToWorker =
  | {
      readonly kind: 'keep'
      readonly id: bigint
      readonly ttlSeconds: number
      /** When the request that granted the lease was sent, on the shared clock. */
      readonly sentAtMs: number
      readonly hungLimitMs: number
      readonly expiry: SharedArrayBuffer
    }
  | { readonly kind: 'drop'; readonly id: bigint }
  | { readonly kind: 'endpoints'; readonly endpoints: readonly string[] }

export type FromWorker =
  /** It runs, and takes leases. */
  | { readonly kind: 'ready' }
  /** The lease is gone. */
  | { readonly kind: 'lost'; readonly id: bigint }

/** Its monotonic time is the same in every thread of a process, which `performance.now()` is not. */
export const sharedClock: Clock = {
  ...systemClock,
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
}

/** A moment on the shared clock that one thread sets and others read, also while the one that set it is busy. */
export class TimeCell {
  readonly buffer: SharedArrayBuffer
  readonly #microseconds: BigInt64Array

  constructor(buffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#microseconds = new BigInt64Array(buffer)
  }

  get ms(): number {
    return Number(Atomics.load(this.#microseconds, 0)) / 1_000
  }

  set ms(value: number) {
    Atomics.store(this.#microseconds, 0, BigInt(Math.floor(value * 1_000)))
  }
}
