import type { EtcdClient, KeyValue } from '@waypost/client'
import { type CallOptions, deferred, onAbort, WaypostError, withTimeLimit } from '@waypost/core'

/**
 * Resolves once `holds` is true of a range of keys, now or after any change.
 * @param failure for the message of `deadline-exceeded`: "The barrier was not lowered"
 */
export async function when(
  etcd: EtcdClient,
  prefix: string,
  holds: (keys: ReadonlyMap<string, KeyValue>) => boolean,
  failure: string,
  { signal, timeoutMs = Number.POSITIVE_INFINITY }: CallOptions,
): Promise<void> {
  await using cache = etcd.cache({ prefix })
  const found = deferred()
  const look = (): void => {
    if (cache.isReady && holds(new Map(cache))) found.resolve()
  }
  const release = cache.onChange(look)
  const closed = onAbort(signal, () => void cache.close())
  try {
    // A cache that could not be filled goes on trying: only refusals end the wait.
    cache.ready.then(look, (error: unknown) => {
      if (WaypostError.is(error) && !error.retryable) found.reject(error)
    })
    const error = (): WaypostError => new WaypostError('deadline-exceeded', `${failure} within ${timeoutMs} ms.`)
    await withTimeLimit(found.promise, { what: failure, timeoutMs, signal, error })
  } finally {
    release()
    closed()
  }
}

/** Resolves once a key does not exist. */
export function whenGone(etcd: EtcdClient, key: string, failure: string, options: CallOptions): Promise<void> {
  return when(etcd, key, (keys) => !keys.has(key), failure, options)
}
