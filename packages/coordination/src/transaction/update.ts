import { del, type KeyValue, modRevision, put } from '@waypost/client'
import { Backoff, type CallOptions, delay, throwIfAborted, WaypostError } from '@waypost/core'
import { anything, callOptionKinds, type OptionKinds } from '@waypost/core/options'
import type { Parts } from '../shared/settings.ts'

/** What a key is to be after a change: a value, or nothing, which deletes it. */
export type NewValue = string | Uint8Array | undefined

export interface UpdateOptions extends CallOptions {
  /** Attaches the key to this lease. Default: none. */
  readonly lease?: bigint | undefined
}

export const updateOptionKinds: OptionKinds<UpdateOptions> = { ...callOptionKinds, lease: anything() }

/** How often a conflict is answered with another attempt before the call fails with `conflict`. */
export const maxAttempts = 100

/** What a call that reads, decides and writes does about conflicts. */
export class Attempts {
  readonly #backoff = new Backoff({ initialMs: 2, maxMs: 250 })
  readonly #parts: Parts
  readonly #signal: AbortSignal | undefined

  constructor(parts: Parts, signal: AbortSignal | undefined) {
    this.#parts = parts
    this.#signal = signal
  }

  /** Waits a little before the next attempt. Throws `conflict` after too many. */
  async again(what: string): Promise<void> {
    throwIfAborted(this.#signal)
    if (this.#backoff.attempt >= maxAttempts) {
      throw new WaypostError('conflict', `${what} was changed by others in each of ${maxAttempts} attempts.`)
    }
    await delay(this.#backoff.nextMs(), { clock: this.#parts.clock, signal: this.#signal })
  }
}

/**
 * Reads a key, lets `change` decide, and writes the result if nobody changed the key meanwhile; otherwise it begins
 * again. `change` may be called several times.
 */
export async function update(
  parts: Parts,
  key: string,
  change: (current: KeyValue | undefined) => NewValue | Promise<NewValue>,
  options: UpdateOptions,
): Promise<{ readonly revision: bigint }> {
  const attempts = new Attempts(parts, options.signal)
  for (;;) {
    const current = await parts.etcd.kv.get(key, { ...callOptions(options) })
    const next = await change(current)
    const step = next === undefined ? del(key) : put(key, next, { lease: options.lease ?? 0n })
    const { succeeded, revision } = await parts.etcd
      .txn()
      .if(modRevision(key).equals(current?.modRevision ?? 0n))
      .do(step)
      .commit(callOptions(options))
    if (succeeded) return { revision }
    await attempts.again(`The key ${JSON.stringify(key)}`)
  }
}

function callOptions({ signal, timeoutMs }: CallOptions): CallOptions {
  return { signal, timeoutMs }
}
