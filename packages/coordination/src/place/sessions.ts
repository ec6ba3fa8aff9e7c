import type { EtcdClient, Lease, PresenceSettings } from '@waypost/client'
import { abortable, onAbort, WaypostError } from '@waypost/core'

/** Leases without a place that are kept for the next one, so that a contended lock need not be granted one each time. */
const maxIdle = 8

/** A lease, and the lines in which a place is attached to it. */
export class Session {
  readonly names = new Set<string>()
  readonly ready: Promise<Lease>
  #lease: Lease | undefined

  constructor(granting: Promise<Lease>) {
    this.ready = granting.then((lease) => {
      this.#lease = lease
      return lease
    })
  }

  /** Undefined until it is granted. */
  get lease(): Lease | undefined {
    return this.#lease
  }
}

/** A session for a place in a line. */
export interface TakenSession {
  readonly session: Session
  readonly lease: Lease
  /** Whether no other place of this process is known to be in the line. */
  readonly isAlone: boolean
}

/**
 * The leases of this process. Places in different lines share one. Two places in the same line need two, because the
 * key of a place is named after its lease.
 */
export class Sessions {
  readonly #etcd: EtcdClient
  readonly #settings: PresenceSettings
  readonly #sessions = new Set<Session>()
  #closed = false

  constructor(etcd: EtcdClient, settings: PresenceSettings) {
    this.#etcd = etcd
    this.#settings = settings
  }

  /** A session on which nothing is in the line called `name`. Fails as granting a lease does. */
  async take(name: string, signal?: AbortSignal): Promise<TakenSession> {
    if (this.#closed) throw new WaypostError('closed', 'The coordination is closed.')
    let isAlone = true
    for (const session of this.#sessions) {
      if (session.names.has(name)) {
        isAlone = false
        continue
      }
      // Reading `lost` looks at the clock, and takes the session off when it is.
      if (!session.lease?.lost.aborted) return this.#join(session, name, isAlone, signal)
    }
    return this.#join(this.#open(), name, isAlone, signal)
  }

  /** Gives back what `take` gave. */
  release(session: Session, name: string): void {
    session.names.delete(name)
    if (session.names.size > 0 || !this.#sessions.has(session)) return
    let idle = 0
    for (const other of this.#sessions) if (other.names.size === 0) idle += 1
    if (idle > maxIdle) void this.#end(session)
  }

  /** The store does not know the lease any more: whatever is attached to it is lost. */
  async discard(session: Session): Promise<void> {
    await this.#end(session)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#sessions].map((session) => this.#end(session)))
  }

  #open(): Session {
    const { ttlSeconds, heartbeat, hungLimitMs } = this.#settings
    const keepAlive = heartbeat === 'worker' ? 'worker' : true
    const session = new Session(this.#etcd.leases.grant({ ttlSeconds, keepAlive, hungLimitMs }))
    this.#sessions.add(session)
    session.ready.then(
      (lease) => onAbort(lease.lost, () => this.#sessions.delete(session)),
      () => this.#sessions.delete(session),
    )
    return session
  }

  async #join(
    session: Session,
    name: string,
    isAlone: boolean,
    signal: AbortSignal | undefined,
  ): Promise<TakenSession> {
    session.names.add(name)
    try {
      return { session, lease: session.lease ?? (await abortable(session.ready, signal)), isAlone }
    } catch (error) {
      this.release(session, name)
      throw error
    }
  }

  async #end(session: Session): Promise<void> {
    this.#sessions.delete(session)
    await session.ready.then(
      (lease) => lease.close(),
      () => {
        // There is nothing to give up.
      },
    )
  }
}
