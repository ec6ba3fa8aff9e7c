import { type Condition, del, type KeyValue, modRevision, type Operation, put } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { Attempts } from './update.ts'

/** The reads and writes of one attempt. Reads see the keys as of one revision, and what was written before them. */
export interface Transaction {
  /** A key's value as text; `undefined` when it does not exist. */
  get(key: string): Promise<string | undefined>
  /** Writes a key when the transaction is committed. */
  put(key: string, value: string): void
  /** Deletes a key when the transaction is committed. */
  delete(key: string): void
}

/**
 * Runs `work` as one transaction over several keys: its writes are applied together, if none of the keys that it read
 * has changed; otherwise it runs again. `work` must have no other effects.
 *
 * Source of the algorithm: etcd's `concurrency.NewSTM` at the isolation level serializable.
 */
export async function transaction<T>(
  parts: Parts,
  work: (transaction: Transaction) => T | Promise<T>,
  options: CallOptions,
): Promise<T> {
  const attempts = new Attempts(parts, options.signal)
  for (;;) {
    const attempt = new Attempt(parts, options)
    const result = await work(attempt)
    if (await attempt.commit()) return result
    await attempts.again('A key that the transaction has read')
  }
}

class Attempt implements Transaction {
  readonly #parts: Parts
  readonly #options: CallOptions
  readonly #reads = new Map<string, Promise<KeyValue | undefined>>()
  readonly #writes = new Map<string, string | undefined>()
  /** Settles with the revision that the first read saw. */
  #revision: Promise<bigint> | undefined

  constructor(parts: Parts, options: CallOptions) {
    this.#parts = parts
    this.#options = options
  }

  async get(key: string): Promise<string | undefined> {
    if (this.#writes.has(key)) return this.#writes.get(key)
    let read = this.#reads.get(key)
    if (read === undefined) {
      read = this.#read(key)
      this.#reads.set(key, read)
    }
    return (await read)?.text()
  }

  put(key: string, value: string): void {
    this.#writes.set(key, value)
  }

  delete(key: string): void {
    this.#writes.set(key, undefined)
  }

  /** False: a key that was read has changed. */
  async commit(): Promise<boolean> {
    const conditions: Condition[] = []
    for (const [key, read] of this.#reads) conditions.push(modRevision(key).equals((await read)?.modRevision ?? 0n))
    // One read, or none, is consistent in itself.
    if (this.#writes.size === 0 && conditions.length < 2) return true
    const steps: Operation<unknown>[] = []
    for (const [key, value] of this.#writes) steps.push(value === undefined ? del(key) : put(key, value))
    const { succeeded } = await this.#parts.etcd
      .txn()
      .if(...conditions)
      .do(...steps)
      .commit(this.#options)
    return succeeded
  }

  async #read(key: string): Promise<KeyValue | undefined> {
    const first = this.#revision
    if (first !== undefined) {
      return this.#parts.etcd.kv.get(key, { ...this.#options, revision: await first })
    }
    const reading = this.#parts.etcd.kv.range({ key }, this.#options)
    this.#revision = reading.then(({ revision }) => revision)
    // The caller that waits for the read is told of its failure.
    this.#revision.catch(() => undefined)
    return (await reading).kvs[0]
  }
}
