import { constants } from 'node:os'
import { withTimeLimit } from '@waypost/core'
import { functionKind, listOf, notNegative, type OptionKinds, oneOf, optionsKind } from '@waypost/core/options'
import { type DrainOptions, drainOptionKinds } from '../drain/drain-steps.ts'

export type HandledSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

export interface SignalOptions {
  /** Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly HandledSignal[] | undefined
  /** How everything that is registered is drained: see `Registration.drain`. */
  readonly drain?: DrainOptions | undefined
  /** Called when every instance has left, for example to close servers and clients. */
  readonly onDrained?: (() => unknown) | undefined
  /** The limit of `onDrained` in milliseconds. Default 10,000. */
  readonly onDrainedTimeoutMs?: number | undefined
}

export const signalOptionKinds: OptionKinds<SignalOptions> = {
  signals: listOf(oneOf('SIGTERM', 'SIGINT', 'SIGHUP')),
  drain: optionsKind(drainOptionKinds),
  onDrained: functionKind<() => unknown>(),
  onDrainedTimeoutMs: notNegative,
}

/**
 * Calls `leave` on the first signal, then `onDrained`, and then ends the process with the same signal. When somebody
 * else listens for that signal, ending the process is left to them. A second signal ends the process at once.
 * Returns the function that stops listening.
 */
export function handleSignals(leave: () => Promise<void>, options: SignalOptions): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], onDrained, onDrainedTimeoutMs: timeoutMs = 10_000 } = options
  let isLeaving = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isLeaving) process.exit(128 + constants.signals[signal])
    isLeaving = true
    void end(signal)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    try {
      await leave()
      await withTimeLimit(Promise.resolve(onDrained?.()), { what: 'onDrained', timeoutMs })
    } catch {
      // The process ends in any case. What failed was reported as an event of the registration.
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
