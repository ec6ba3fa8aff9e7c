import type { Cache } from '@waypost/client'
import { type CallOptions, type Clock, messageOf, onAbort, type Timer } from '@waypost/core'
import { abortSignal, functionKind, type OptionKinds, positiveNumber } from '@waypost/core/options'
import { parseApplied } from '../../records/applied.ts'
import { type Canary, parseCanaries } from '../../records/canary.ts'
import { appliedPrefix, appliedProcessOf, recordFolders } from '../../records/keys.ts'
import type { PublisherParts } from '../publish/publisher.ts'

/** A canary and the path that it is for. */
export interface GuardedCanary {
  readonly path: string
  readonly canary: Canary
}

export interface CanaryGuardOptions {
  /**
   * Tells whether a canary does well, for example from the error rate of its instances. It is asked for canaries that
   * have `limits.maxUnhealthy`. A check that throws, or takes longer than the interval, counts as not well.
   */
  readonly healthy?: ((guarded: GuardedCanary, signal: AbortSignal) => boolean | Promise<boolean>) | undefined
  /** How often health is asked for, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined
  /** Called when this guard has taken a canary back. */
  readonly onRollback?: ((rolledBack: GuardedCanary & { readonly reason: string }) => void) | undefined
  /** Ends the guard. */
  readonly signal?: AbortSignal | undefined
}

export const canaryGuardOptionKinds: OptionKinds<CanaryGuardOptions> = {
  healthy: functionKind<(guarded: GuardedCanary, signal: AbortSignal) => boolean | Promise<boolean>>(),
  intervalMs: positiveNumber('milliseconds'),
  onRollback: functionKind<(rolledBack: GuardedCanary & { readonly reason: string }) => void>(),
  signal: abortSignal,
}

/** Ends one canary. False when it has ended or been replaced meanwhile. */
export interface CanaryStopper {
  abortThis(path: string, canary: Canary, reason: string, options?: CallOptions): Promise<boolean>
}

/** Takes canaries back that pass their limits: at once for rejections, and once in an interval for health. */
export class CanaryGuard {
  readonly #clock: Clock
  readonly #followers: PublisherParts['followers']
  readonly #canaries: CanaryStopper
  readonly #options: CanaryGuardOptions
  readonly #intervalMs: number
  readonly #canaryCache: Cache
  readonly #appliedCache: Cache
  readonly #ended = new AbortController()
  readonly #releaseSignal: () => void
  /** Failed health checks in a row, by canary. */
  readonly #unhealthy = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  readonly #rollingBack = new Set<string>()
  #timer: Timer | undefined
  #lastError: unknown

  /** @internal Made by `Canaries.guard`. */
  constructor({ etcd, clock, followers }: PublisherParts, canaries: CanaryStopper, options: CanaryGuardOptions) {
    this.#clock = clock
    this.#followers = followers
    followers.add(this)
    this.#canaries = canaries
    this.#options = options
    this.#intervalMs = options.intervalMs ?? 10_000
    const forever = { timeoutMs: Number.POSITIVE_INFINITY }
    this.#canaryCache = etcd.cache({ prefix: recordFolders.canaries }, forever)
    this.#appliedCache = etcd.cache({ prefix: recordFolders.applied }, forever)
    for (const cache of [this.#canaryCache, this.#appliedCache]) {
      cache.ready.catch((error: unknown) => this.#failed(error))
      cache.onChange(() => this.#checkRejections())
    }
    this.#releaseSignal = onAbort(options.signal, () => void this.close())
    this.#schedule()
  }

  /** Why the last attempt to take a canary back failed. It is tried again. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Stops guarding, and waits for what is under way. Idempotent. */
  async close(): Promise<void> {
    this.#ended.abort()
    this.#followers.delete(this)
    this.#releaseSignal()
    this.#timer?.cancel()
    await Promise.all([this.#canaryCache.close(), this.#appliedCache.close(), ...this.#running])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #schedule(): void {
    if (this.#ended.signal.aborted) return
    this.#timer = this.#clock.after(
      this.#intervalMs,
      () => {
        this.#checkRejections()
        this.#run(this.#checkHealth())
        this.#schedule()
      },
      { ref: false },
    )
  }

  #checkRejections(): void {
    for (const guarded of this.#guarded()) {
      const limit = guarded.canary.limits?.maxRejected
      const rejections = limit === undefined ? [] : this.#rejections(guarded)
      if (limit === undefined || rejections.length <= limit) continue
      this.#rollBack(guarded, `rejected by ${rejections.length} (more than ${limit}): ${rejections[0]}`)
    }
  }

  #rejections({ path, canary }: GuardedCanary): readonly string[] {
    const rejections: string[] = []
    for (const [key, { bytes }] of this.#appliedCache.entries()) {
      if (!key.startsWith(appliedPrefix(path)) || appliedProcessOf(path, key) === undefined) continue
      const { record } = parseApplied(bytes)
      if (record?.state !== 'rejected' || record.canary !== canary.name || record.checksum !== canary.checksum) continue
      rejections.push(`${record.app} on ${record.instance}: ${record.reason ?? 'without a reason'}`)
    }
    return rejections
  }

  async #checkHealth(): Promise<void> {
    const { healthy } = this.#options
    if (healthy === undefined) return
    const guarded = [...this.#guarded()].filter(({ canary }) => canary.limits?.maxUnhealthy !== undefined)
    const known = new Set(guarded.map(idOf))
    for (const id of this.#unhealthy.keys()) if (!known.has(id)) this.#unhealthy.delete(id)
    await Promise.all(
      guarded.map(async (each) => {
        const complaint = await this.#complaint(each)
        const failures = complaint === undefined ? 0 : (this.#unhealthy.get(idOf(each)) ?? 0) + 1
        this.#unhealthy.set(idOf(each), failures)
        const limit = each.canary.limits?.maxUnhealthy ?? 0
        if (failures > limit) this.#rollBack(each, `${complaint} ${failures} times in a row (more than ${limit})`)
      }),
    )
  }

  /** Asks for the health of a canary, for no longer than the interval. */
  async #complaint(guarded: GuardedCanary): Promise<string | undefined> {
    const late = new AbortController()
    const timer = this.#clock.after(this.#intervalMs, () => late.abort(), { ref: false })
    const release = onAbort(this.#ended.signal, () => late.abort())
    try {
      const answer = await Promise.race([
        this.#options.healthy?.(guarded, late.signal),
        new Promise<boolean>((resolve) => onAbort(late.signal, () => resolve(false))),
      ])
      return answer === false ? 'unhealthy' : undefined
    } catch (error) {
      return `the health check failed (${messageOf(error)})`
    } finally {
      timer.cancel()
      release()
    }
  }

  *#guarded(): Iterable<GuardedCanary> {
    for (const [key, { bytes }] of this.#canaryCache.entries()) {
      const path = key.slice(recordFolders.canaries.length)
      for (const canary of parseCanaries(bytes).record?.canaries ?? []) yield { path, canary }
    }
  }

  #rollBack(guarded: GuardedCanary, reason: string): void {
    const id = idOf(guarded)
    if (this.#ended.signal.aborted || this.#rollingBack.has(id)) return
    this.#rollingBack.add(id)
    const { path, canary } = guarded
    const attempt = this.#canaries.abortThis(path, canary, reason, { signal: this.#ended.signal }).then(
      (done) => {
        if (done) this.#options.onRollback?.({ path, canary, reason })
      },
      (error: unknown) => this.#failed(error),
    )
    this.#run(attempt.finally(() => this.#rollingBack.delete(id)))
  }

  #failed(error: unknown): void {
    if (!this.#ended.signal.aborted) this.#lastError = error
  }

  #run(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => this.#failed(error)).finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }
}

function idOf({ path, canary }: GuardedCanary): string {
  return `${path}\n${canary.name}\n${canary.seed}\n${canary.at}`
}
