import type { AppliedBatch } from '../mvcc/event.ts'

interface Source {
  onApplied(listener: (batch: AppliedBatch) => void): () => void
}

interface Wait {
  deleted(): void
  fail(error: Error): void
}

/** Waits for keys to be deleted. Costs writers nothing while nobody waits. */
export class DeletionWaits {
  readonly #source: Source
  readonly #waits = new Map<string, Set<Wait>>()
  #detach: (() => void) | undefined
  #closed: Error | undefined

  constructor(source: Source) {
    this.#source = source
  }

  /** Resolves when the key, a latin1 string that exists now, is deleted. Rejects when the signal fires. */
  deletionOf(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed)
        return
      }
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort)
        this.#remove(key, wait)
      }
      const onAbort = (): void => {
        leave()
        reject(signal.reason)
      }
      const wait: Wait = {
        deleted: () => {
          leave()
          resolve()
        },
        fail: (error) => {
          leave()
          reject(error)
        },
      }
      signal.addEventListener('abort', onAbort)
      this.#add(key, wait)
    })
  }

  /** Fails every wait, and those that come later. */
  close(reason: Error): void {
    this.#closed ??= reason
    for (const waits of [...this.#waits.values()]) for (const wait of [...waits]) wait.fail(reason)
  }

  #add(key: string, wait: Wait): void {
    const waits = this.#waits.get(key)
    if (waits) waits.add(wait)
    else this.#waits.set(key, new Set([wait]))
    this.#detach ??= this.#source.onApplied((batch) => this.#applied(batch))
  }

  #remove(key: string, wait: Wait): void {
    const waits = this.#waits.get(key)
    waits?.delete(wait)
    if (waits?.size === 0) this.#waits.delete(key)
    if (this.#waits.size > 0) return
    this.#detach?.()
    this.#detach = undefined
  }

  #applied(batch: AppliedBatch): void {
    for (const { type, key } of batch.events) {
      if (type !== 'delete') continue
      for (const wait of [...(this.#waits.get(key) ?? [])]) wait.deleted()
    }
  }
}
