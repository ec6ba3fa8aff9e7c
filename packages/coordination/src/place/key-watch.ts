import type { Watch } from '@waypost/client'
import { Backoff, delay, type Timer, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'

/** Tells when a key that exists is deleted. */
export class KeyWatch {
  readonly #parts: Parts
  readonly #key: string
  readonly #token: bigint
  readonly #onDeleted: () => void
  readonly #timer: Timer
  #isClosed = false
  /** Once it follows: most are closed before that. */
  #following: AbortController | undefined
  #watch: Watch | undefined

  /** @param afterMs begins so much later; what happened meanwhile is found then */
  constructor(
    parts: Parts,
    { key, token }: { readonly key: string; readonly token: bigint },
    afterMs: number,
    onDeleted: () => void,
  ) {
    this.#parts = parts
    this.#key = key
    this.#token = token
    this.#onDeleted = onDeleted
    this.#timer = parts.clock.after(afterMs, () => void this.#follow(), { ref: false })
  }

  close(): void {
    this.#timer.cancel()
    this.#isClosed = true
    this.#following?.abort()
    void this.#watch?.close()
  }

  /** Never rejects. */
  async #follow(): Promise<void> {
    const { etcd, clock } = this.#parts
    const backoff = new Backoff({ maxMs: 5_000 })
    this.#following = new AbortController()
    const { signal } = this.#following
    let startRevision = this.#token + 1n
    while (!signal.aborted) {
      try {
        this.#watch = etcd.watch({ key: this.#key }, { startRevision, filters: ['noPut'] })
        for await (const { events } of this.#watch) {
          if (events.length === 0) continue
          this.#deleted()
          return
        }
        return
      } catch (error) {
        if (signal.aborted || WaypostError.is(error, 'closed')) return
        startRevision = (await this.#isThere(signal)) ?? startRevision
        await delay(backoff.nextMs(), { clock, signal, ref: false }).catch(() => undefined)
      }
    }
  }

  /** The revision after which to watch, when the key could be read and is there. */
  async #isThere(signal: AbortSignal): Promise<bigint | undefined> {
    try {
      const { kvs, revision } = await this.#parts.etcd.kv.range({ key: this.#key }, { keysOnly: true, signal })
      if (kvs[0]?.createRevision !== this.#token) this.#deleted()
      return revision + 1n
    } catch {
      // The store is away: the lease decides.
      return undefined
    }
  }

  #deleted(): void {
    if (this.#isClosed) return
    this.close()
    this.#onDeleted()
  }
}
