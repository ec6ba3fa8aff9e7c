import { constants } from 'node:os'
import { systemClock } from '@waypost/core'
import { bounded } from '../bounded.ts'
import type { DrainOptions } from '../drain/drain-steps.ts'

export type HandledSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

export interface SignalOptions {
  /** Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly HandledSignal[] | undefined
  /** How everything that is registered is drained: see `Registration.drain`. */
  readonly drain?: DrainOptions | undefined
  /** What is left to do when nothing is registered any more, such as closing servers and clients. */
  readonly afterwards?: (() => unknown) | undefined
  /** How long that may take, in milliseconds. Default 10,000. */
  readonly afterwardsTimeoutMs?: number | undefined
}

/**
 * Calls `leave` on the first signal and lets the signal have its way afterwards: with the default action, unless
 * others listen for it, whose business it is then. A second signal ends the process at once.
 * Returns the function that stops listening.
 */
export function handleSignals(leave: () => Promise<void>, options: SignalOptions): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], afterwards, afterwardsTimeoutMs: timeoutMs = 10_000 } = options
  let isLeaving = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isLeaving) process.exit(128 + constants.signals[signal])
    isLeaving = true
    void end(signal)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    try {
      await leave()
      const work = Promise.resolve(afterwards?.())
      await bounded('What is done after leaving', work, { timeoutMs, clock: systemClock })
    } catch {
      // Who is to end ends; what failed has been told to those who listen to the registrations.
    }
    for (const handled of signals) process.off(handled, onSignal)
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    // While it leaves, a second signal is still to be heard.
    if (!isLeaving) for (const signal of signals) process.off(signal, onSignal)
  }
}
