import type { Cache } from '@waypost/client'
import { Backoff, type Clock, onAbort, type Timer } from '@waypost/core'
import { abortSignal, functionKind, type OptionKinds, text } from '@waypost/core/options'
import { configKey, configPrefix, pathOf } from '../../config-path.ts'
import { checksumOf } from '../../records/content.ts'
import { parseHead } from '../../records/head.ts'
import { headKey, recordFolders } from '../../records/keys.ts'
import type { Publisher } from './publisher.ts'

export interface ExternalRecorderOptions {
  /** Only documents whose path starts with this. Default all. */
  readonly prefix?: string | undefined
  /** Called with each document whose change by hand this recorder has recorded. */
  readonly onRecorded?: ((path: string) => void) | undefined
  /** Ends the recorder. */
  readonly signal?: AbortSignal | undefined
}

export const externalRecorderOptionKinds: OptionKinds<ExternalRecorderOptions> = {
  prefix: text,
  onRecorded: functionKind<(path: string) => void>(),
  signal: abortSignal,
}

/** A document and its head arrive on two watches; what a publish wrote at once is not taken apart for this long. */
const settleMs = 100

/**
 * Notices documents that are changed by hand (`etcdctl put`), and records each change as a release. Any number of
 * processes may do this at once: a change is recorded once. Of several changes in quick succession the last is.
 */
export class ExternalRecorder {
  readonly #clock: Clock
  readonly #publisher: Publisher
  readonly #options: ExternalRecorderOptions
  readonly #documents: Cache
  readonly #heads: Cache
  readonly #ended = new AbortController()
  readonly #releaseSignal: () => void
  readonly #backoff = new Backoff()
  readonly #dirty = new Set<string>()
  #timer: Timer | undefined
  #recording: Promise<void> | undefined
  #lastError: unknown

  /** @internal Made by `Releases.recordExternalChanges`. */
  constructor(publisher: Publisher, options: ExternalRecorderOptions) {
    const { etcd, clock, followers } = publisher.parts
    this.#clock = clock
    this.#publisher = publisher
    followers.add(this)
    this.#options = options
    const { prefix = '' } = options
    const forever = { timeoutMs: Number.POSITIVE_INFINITY }
    this.#documents = etcd.cache({ prefix: configPrefix + prefix }, forever)
    this.#heads = etcd.cache({ prefix: recordFolders.heads + prefix }, forever)
    this.#follow(this.#documents, pathOf)
    this.#follow(this.#heads, (key) => key.slice(recordFolders.heads.length))
    this.#releaseSignal = onAbort(options.signal, () => void this.close())
  }

  /** Why the last attempt to record failed. It is tried again. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Stops recording, and waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    this.#ended.abort()
    this.#publisher.parts.followers.delete(this)
    this.#releaseSignal()
    this.#timer?.cancel()
    await Promise.all([this.#documents.close(), this.#heads.close(), this.#recording])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #follow(cache: Cache, toPath: (key: string) => string): void {
    cache.ready.catch((error: unknown) => this.#failed(error))
    cache.onChange(({ changes }) => {
      for (const { key } of changes) this.#dirty.add(toPath(key))
      this.#schedule(settleMs)
    })
  }

  #schedule(delayMs: number): void {
    if (this.#ended.signal.aborted || this.#timer || this.#recording || this.#dirty.size === 0) return
    this.#timer = this.#clock.after(
      delayMs,
      () => {
        this.#timer = undefined
        this.#recording = this.#record().finally(() => {
          this.#recording = undefined
          this.#schedule(this.#backoff.attempt > 0 ? this.#backoff.nextMs() : settleMs)
        })
      },
      { ref: false },
    )
  }

  async #record(): Promise<void> {
    if (!this.#documents.isReady || !this.#heads.isReady) return
    const { signal } = this.#ended
    for (const path of this.#dirty) {
      if (signal.aborted) return
      try {
        if (this.#looksExternal(path) && (await this.#publisher.recordExternal(path, { signal }))) {
          this.#options.onRecorded?.(path)
        }
        this.#dirty.delete(path)
        this.#backoff.reset()
      } catch (error) {
        this.#failed(error)
        this.#backoff.nextMs()
        return
      }
    }
  }

  /** By what the caches know: the store is asked before anything is recorded. */
  #looksExternal(path: string): boolean {
    const document = this.#documents.get(configKey(path))
    const head = this.#heads.get(headKey(path))
    if (document !== undefined && document.modRevision === head?.modRevision) return false
    const checksum = head && parseHead(head.bytes).record?.checksum
    return checksum !== (document && checksumOf(document.bytes))
  }

  #failed(error: unknown): void {
    if (!this.#ended.signal.aborted) this.#lastError = error
  }
}
