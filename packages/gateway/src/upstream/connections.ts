import type { Clock, Timer } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import type { Attempt, AttemptListener, UpstreamRequest } from './attempt.ts'
import { Http1Pool } from './http1/pool.ts'
import { Http2Attempt } from './http2-attempt.ts'
import { Http2Sessions } from './http2-sessions.ts'
import { UpgradeAttempt } from './upgrade-attempt.ts'
import type { UpstreamTls } from './upstream-tls.ts'

export interface ConnectionSettings {
  readonly connectTimeoutMs: number
  /** Shorter than what servers in the field allow: who closes first never meets a request. */
  readonly keepAliveMs: number
  /** How long requests in flight to an instance that is gone may last. */
  readonly drainMs: number
  readonly tls: UpstreamTls
}

/** How often connections that nobody uses are looked at. */
const sweepMs = 1_000

/** What is open to one instance. */
interface Lines {
  pool: Http1Pool | undefined
  sessions: Http2Sessions | undefined
}

/** The connections to all instances, kept alive between requests. */
export class Connections {
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  readonly #lines = new Map<string, Lines>()
  readonly #retiring = new Map<Lines, Timer>()
  #sweeper: Timer | undefined

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** How many instances have connections. */
  get size(): number {
    return this.#lines.size
  }

  /** @param isFresh on a connection of its own, not on one that was kept alive */
  http1(request: UpstreamRequest, listener: AttemptListener, isFresh = false): Attempt {
    const lines = this.#of(request.instance)
    lines.pool ??= new Http1Pool(request.instance, this.#settings, this.#clock)
    if (this.#sweeper === undefined) this.#arm()
    return lines.pool.start(request, listener, isFresh)
  }

  http2(request: UpstreamRequest, listener: AttemptListener): Attempt {
    const lines = this.#of(request.instance)
    lines.sessions ??= new Http2Sessions(originOf(request.instance), {
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      tls: this.#settings.tls,
    })
    const { session, release } = lines.sessions.acquire(request.connectMs)
    return new Http2Attempt(session, request, listener, release)
  }

  upgrade(request: UpstreamRequest, upgrade: string, listener: AttemptListener): Attempt {
    return new UpgradeAttempt(request, upgrade, this.#settings, listener)
  }

  /** The instance is gone: what is in flight may end, nothing new begins. */
  retire(instance: Instance): void {
    const key = keyOf(instance)
    const lines = this.#lines.get(key)
    if (lines === undefined) return
    this.#lines.delete(key)
    const timer = this.#clock.after(this.#settings.drainMs, () => this.#destroy(lines), { ref: false })
    this.#retiring.set(lines, timer)
    lines.sessions?.close()
    lines.pool?.close(() => {
      if (lines.sessions !== undefined) return
      timer.cancel()
      this.#retiring.delete(lines)
    })
  }

  /** Ends everything at once. */
  close(): void {
    const all = [...this.#lines.values(), ...this.#retiring.keys()]
    this.#lines.clear()
    this.#sweeper?.cancel()
    for (const lines of all) this.#destroy(lines)
  }

  #destroy(lines: Lines): void {
    this.#retiring.get(lines)?.cancel()
    this.#retiring.delete(lines)
    lines.sessions?.destroy()
    lines.pool?.destroy()
  }

  #arm(): void {
    this.#sweeper = this.#clock.after(sweepMs, () => this.#sweep(), { ref: false })
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const { pool } of this.#lines.values()) pool?.sweep(nowMs)
    if (this.#lines.size > 0) this.#arm()
    else this.#sweeper = undefined
  }

  #of(instance: Instance): Lines {
    const key = keyOf(instance)
    let lines = this.#lines.get(key)
    if (lines === undefined) {
      lines = { pool: undefined, sessions: undefined }
      this.#lines.set(key, lines)
    }
    return lines
  }
}

function keyOf({ scheme, address }: Instance): string {
  return scheme === 'https' ? `https ${address}` : address
}

function originOf({ scheme, address }: Instance): string {
  return `${scheme === 'https' ? 'https' : 'http'}://${address}`
}
