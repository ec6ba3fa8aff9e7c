import type { EtcdClient } from '@waypost/client'
import { type Clock, delay, withTimeLimit } from '@waypost/core'
import { abortSignal, functionKind, notNegative, type OptionKinds } from '@waypost/core/options'
import { awaitConfirmations, type Confirmations } from './confirmations.ts'

export interface DrainOptions {
  /**
   * The work to wait for between `leaving` and the end: a promise, such as `() => closeServer()`, or how much is in
   * flight now, such as `() => open.size`, which is asked again until it is 0. Bounded by `timeoutMs`.
   */
  readonly inFlight?: (() => number | Promise<unknown>) | undefined
  /** How long the work in flight may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** How long consumers may take to confirm that they have seen it, in milliseconds. Default 5,000. */
  readonly confirmTimeoutMs?: number | undefined
  /**
   * How long consumers that cannot confirm are given in any case, in milliseconds: those that may not write, that are
   * no Waypost, or that have only just begun to follow. Default 100.
   */
  readonly graceMs?: number | undefined
  /** Ends the waiting; the instance is deregistered nevertheless. */
  readonly signal?: AbortSignal | undefined
}

export const drainOptionKinds: OptionKinds<DrainOptions> = {
  inFlight: functionKind<() => number | Promise<unknown>>(),
  timeoutMs: notNegative,
  confirmTimeoutMs: notNegative,
  graceMs: notNegative,
  signal: abortSignal,
}

/** How a drain went. */
export interface DrainReport extends Confirmations {
  /** The revision at which consumers see `leaving`; `undefined` when there was no record to change. */
  readonly revision: bigint | undefined
  /** How long the consumers were waited for. */
  readonly confirmedInMs: number
  /** How long the work in flight was waited for. */
  readonly inFlightMs: number
}

const defaults = { timeoutMs: 30_000, confirmTimeoutMs: 5_000, graceMs: 100 } as const
const pollMs = 20

/** What lies between `leaving` and the end: first nobody sends anything new, then what runs ends. */
export async function drainSteps(
  etcd: EtcdClient,
  service: string,
  revision: bigint | undefined,
  options: DrainOptions,
  clock: Clock,
): Promise<DrainReport> {
  const { inFlight, signal, timeoutMs = defaults.timeoutMs, graceMs = defaults.graceMs } = options
  const beganMs = clock.monotonicMs()
  const confirmations =
    revision === undefined
      ? { confirmed: [], unconfirmed: [], problem: undefined }
      : await confirmed(etcd, service, revision, options, clock, graceMs)
  const confirmedAtMs = clock.monotonicMs()
  if (inFlight) {
    const ended = new AbortController()
    try {
      await withTimeLimit(over(inFlight, clock, ended.signal), { what: 'The work in flight', timeoutMs, clock, signal })
    } finally {
      ended.abort()
    }
  }
  return {
    ...confirmations,
    revision,
    confirmedInMs: confirmedAtMs - beganMs,
    inFlightMs: clock.monotonicMs() - confirmedAtMs,
  }
}

async function confirmed(
  etcd: EtcdClient,
  service: string,
  revision: bigint,
  { confirmTimeoutMs: timeoutMs = defaults.confirmTimeoutMs, signal }: DrainOptions,
  clock: Clock,
  graceMs: number,
): Promise<Confirmations> {
  const [confirmations] = await Promise.all([
    awaitConfirmations(etcd, { service, revision, of: 'instances', timeoutMs, clock, signal }),
    delay(graceMs, { clock, signal }),
  ])
  return confirmations
}

async function over(inFlight: () => number | Promise<unknown>, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    const work = inFlight()
    if (typeof work !== 'number') {
      await work
      return
    }
    if (work <= 0) return
    await delay(pollMs, { clock, signal })
  }
}
