import type { Server } from 'node:net'
import { Backoff, delay, messageOf, onAbort, WaypostError } from '@waypost/core'
import type { DrainOptions, DrainReport, RegisterOptions, Registration, Registry } from '@waypost/registry'
import { boundAddress } from './bound-address.ts'
import { RequestsInFlight } from './requests-in-flight.ts'

/** `host` and `port` default to where the server listens. */
export interface ServeOptions extends Omit<RegisterOptions, 'port'> {
  readonly port?: number | undefined
  /** How the instance leaves. `inFlight` defaults to the requests that the server has not answered. */
  readonly drain?: DrainOptions | undefined
  /**
   * Called when the instance could not be registered: with `retryInMs` while it is tried again, because the store is away;
   * without when it is given up. Default: a warning of the process.
   */
  readonly onProblem?: ((error: unknown, retryInMs: number | undefined) => void) | undefined
}

/**
 * The registration of a server: registered as soon as it listens, also when the store is away at that moment and comes
 * back later, until `drain()`.
 */
export class ServedInstance {
  readonly #registry: Registry
  readonly #options: ServeOptions
  readonly #requests: RequestsInFlight | undefined
  readonly #leaving = new AbortController()
  readonly #registered: Promise<Registration>
  #registration: Registration | undefined
  #draining: Promise<DrainReport | undefined> | undefined

  /** @internal Made by `registerOnListen`. */
  constructor(registry: Registry, server: Server | undefined, options: ServeOptions) {
    this.#registry = registry
    this.#options = options
    this.#requests = server && new RequestsInFlight(server)
    this.#registered = this.#register(server)
    this.#registered.catch((error: unknown) => this.#tell(error, undefined))
  }

  /** The name that it is registered under. */
  get service(): string {
    return this.#options.service
  }

  /** Settles when the instance is registered, however long the store is away. Fails when it is given up. */
  get registered(): Promise<Registration> {
    return this.#registered
  }

  /** `undefined` until it is registered. */
  get registration(): Registration | undefined {
    return this.#registration
  }

  /** Whether it has begun to leave: health checks of load balancers are to fail from then on. */
  get isLeaving(): boolean {
    return this.#leaving.signal.aborted
  }

  /** Requests that have come and are not answered. */
  get inFlight(): number {
    return this.#requests?.count ?? 0
  }

  /**
   * Leaves with proof (see `Registration.drain`), the requests in flight included. The server itself goes on: close it
   * afterwards. Idempotent; nothing to wait for, and no report, when it was never registered.
   */
  drain(): Promise<DrainReport | undefined> {
    this.#draining ??= this.#drain()
    return this.#draining
  }

  async #drain(): Promise<DrainReport | undefined> {
    this.#leaving.abort()
    try {
      const registration = await this.#registered.catch(() => undefined)
      return await registration?.drain({ inFlight: () => this.inFlight, ...this.#options.drain })
    } finally {
      this.#requests?.close()
    }
  }

  async #register(server: Server | undefined): Promise<Registration> {
    const { drain: _, onProblem: __, ...options } = this.#options
    if (server) await listening(server, this.#leaving.signal)
    const bound = server && boundAddress(server)
    const port = options.port ?? bound?.port
    if (port === undefined)
      throw new WaypostError('invalid-argument', 'Name the port of the service: its server does not tell it.')
    const backoff = new Backoff({ initialMs: 200, maxMs: 5_000 })
    for (;;) {
      const { signal } = this.#leaving
      try {
        this.#registration = await this.#registry.register({
          ...options,
          host: options.host ?? bound?.host,
          port,
          signal,
        })
        return this.#registration
      } catch (error) {
        if (!WaypostError.is(error) || !(error.retryable || error.code === 'outcome-unknown')) throw error
        const retryInMs = backoff.nextMs()
        this.#tell(error, retryInMs)
        await delay(retryInMs, { signal, ref: false })
      }
    }
  }

  #tell(error: unknown, retryInMs: number | undefined): void {
    if (this.isLeaving) return
    const { onProblem, service } = this.#options
    if (onProblem) onProblem(error, retryInMs)
    else {
      const again = retryInMs === undefined ? 'giving up' : `retrying in ${Math.round(retryInMs)} ms`
      process.emitWarning(`${service} could not be registered (${messageOf(error)}); ${again}.`, 'WaypostWarning')
    }
  }
}

function listening(server: Server, signal: AbortSignal): Promise<void> {
  if (server.listening) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      release()
      server.off('listening', settle)
      if (signal.aborted) reject(new WaypostError('aborted', 'The server was closed before it listened.'))
      else resolve()
    }
    server.on('listening', settle)
    const release = onAbort(signal, () => settle())
  })
}
