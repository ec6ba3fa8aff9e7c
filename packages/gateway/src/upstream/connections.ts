import type { Clock, Timer } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import { Client, Pool } from 'undici'
import type { Attempt, AttemptListener, UpstreamRequest } from './attempt.ts'
import { Http1Attempt } from './http1-attempt.ts'
import { Http2Attempt } from './http2-attempt.ts'
import { Http2Sessions } from './http2-sessions.ts'
import { UpgradeAttempt } from './upgrade-attempt.ts'

export interface ConnectionSettings {
  readonly connectTimeoutMs: number
  /** Shorter than what servers in the field allow: who closes first never meets a request. */
  readonly keepAliveMs: number
  /** How long requests in flight to an instance that is gone may last. */
  readonly drainMs: number
  readonly tls: UpstreamTls
}

/** How instances with the scheme `https` are checked. */
export interface UpstreamTls {
  /** PEM certificates of the authorities; without them Node's. */
  readonly ca?: string | Buffer | (string | Buffer)[]
  /** The gateway's own certificate and key. */
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** The name that the certificate must be for, when it is not the instance's host. */
  readonly servername?: string
}

/** What is open to one instance. */
interface Lines {
  pool: Pool | undefined
  sessions: Http2Sessions | undefined
}

/** The connections to all instances, kept alive between requests. */
export class Connections {
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  readonly #lines = new Map<string, Lines>()
  readonly #retiring = new Map<Lines, Timer>()

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
    if (isFresh) {
      const client = new Client(originOf(request.instance), this.#clientOptions())
      const attempt = Http1Attempt.start(client, request, listener)
      void client.close()
      return attempt
    }
    const lines = this.#of(request.instance)
    lines.pool ??= this.#newPool(request.instance)
    return Http1Attempt.start(lines.pool, request, listener)
  }

  http2(request: UpstreamRequest, listener: AttemptListener): Attempt {
    const lines = this.#of(request.instance)
    lines.sessions ??= new Http2Sessions(originOf(request.instance), {
      connectTimeoutMs: this.#settings.connectTimeoutMs,
      tls: this.#settings.tls,
    })
    const { session, release } = lines.sessions.acquire()
    return new Http2Attempt(session, request, listener, release)
  }

  upgrade(request: UpstreamRequest, upgrade: string, listener: AttemptListener): Attempt {
    return new UpgradeAttempt(request, upgrade, this.#settings.tls, listener)
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
    void (lines.pool?.close() ?? Promise.resolve()).then(() => {
      if (lines.sessions !== undefined) return
      timer.cancel()
      this.#retiring.delete(lines)
    })
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    const all = [...this.#lines.values(), ...this.#retiring.keys()]
    this.#lines.clear()
    await Promise.all(all.map((lines) => this.#destroy(lines)))
  }

  async #destroy(lines: Lines): Promise<void> {
    this.#retiring.get(lines)?.cancel()
    this.#retiring.delete(lines)
    lines.sessions?.destroy()
    await lines.pool?.destroy()
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

  #newPool(instance: Instance): Pool {
    return new Pool(originOf(instance), this.#clientOptions())
  }

  #clientOptions(): Client.Options {
    const { connectTimeoutMs, keepAliveMs, tls } = this.#settings
    return {
      connect: { ...tls, timeout: connectTimeoutMs },
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      // The gateway's own deadlines hold: see `Deadlines`.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    }
  }
}

function keyOf({ scheme, address }: Instance): string {
  return scheme === 'https' ? `https ${address}` : address
}

function originOf({ scheme, address }: Instance): string {
  return `${scheme === 'https' ? 'https' : 'http'}://${address}`
}
