import type { EtcdClient } from '@waypost/client'
import { abortable, type Clock, deferred, delay, messageOf, onAbort, WaypostError } from '@waypost/core'
import { subscribersPrefix } from '../record/keys.ts'
import { readSubscriber, type Seen, type Subscriber } from './subscriber.ts'

/** The processes that have seen a change, as far as is known. */
export interface Confirmations {
  /** Those that have seen it, in the order in which that showed, and when, in milliseconds after the question. */
  readonly confirmed: readonly { readonly subscriber: Subscriber; readonly afterMs: number }[]
  /** Those that live and have not said so in time. */
  readonly unconfirmed: readonly Subscriber[]
  /** Why it is not known who follows the service; then both lists say nothing. */
  readonly problem: WaypostError | undefined
}

export interface ConfirmationOptions {
  readonly service: string
  /** The change's revision. */
  readonly revision: bigint
  readonly of: keyof Seen
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits until every process that follows the service has seen the change, at most `timeoutMs`. A process that dies
 * meanwhile is not waited for: its record goes with its lease. Fails only when it is aborted.
 */
export async function awaitConfirmations(etcd: EtcdClient, options: ConfirmationOptions): Promise<Confirmations> {
  const { service, revision, of, timeoutMs, clock, signal } = options
  const beganMs = clock.monotonicMs()
  await using cache = etcd.cache({ prefix: subscribersPrefix(service) }, { timeoutMs: Number.POSITIVE_INFINITY })
  const confirmed = new Map<string, Confirmations['confirmed'][number]>()
  let waiting: Subscriber[] = []
  const everybody = deferred()
  const look = (): void => {
    waiting = []
    for (const [key, kv] of cache) {
      const subscriber = readSubscriber(key, kv.text())
      if (subscriber.seen[of] < revision) waiting.push(subscriber)
      else if (!confirmed.has(key)) confirmed.set(key, { subscriber, afterMs: clock.monotonicMs() - beganMs })
    }
    if (waiting.length === 0) everybody.resolve()
  }
  const listed = cache.ready.then(() => {
    look()
    cache.onChange(look)
    return everybody.promise
  })
  const problem = await abortable(settledWithin(listed, timeoutMs, clock, signal), signal)
  return {
    confirmed: [...confirmed.values()],
    unconfirmed: waiting,
    problem: problem ?? (cache.isReady ? undefined : new WaypostError('unavailable', 'The store did not answer.')),
  }
}

/** The error of what failed; `undefined` when it is done, and also when the time is up. */
async function settledWithin(
  work: Promise<void>,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<WaypostError | undefined> {
  const done = new AbortController()
  const release = onAbort(signal, () => done.abort())
  const failed = work.then(
    () => undefined,
    (error: unknown) => (WaypostError.is(error) ? error : new WaypostError('internal', messageOf(error))),
  )
  const late = delay(timeoutMs, { clock, signal: done.signal }).catch(() => undefined)
  const outcome = await Promise.race([failed, late])
  release()
  done.abort()
  return outcome ?? undefined
}
