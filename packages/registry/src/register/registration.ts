import type { EtcdClient, Presence } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { callOptionKinds, checkOptions, checkOptionsIfGiven } from '@waypost/core/options'
import { type DrainOptions, type DrainReport, drainOptionKinds, drainSteps } from '../drain/drain-steps.ts'
import { type Checked, HealthMonitor } from '../health/health-monitor.ts'
import type { ResolvedHealth } from '../health/health-options.ts'
import type { InstanceRecord } from '../record/instance.ts'
import { instanceKey } from '../record/keys.ts'
import { readInstance } from '../record/read-instance.ts'
import { formatRecord, type RecordFormat } from '../record/record-format.ts'
import { alreadyExists } from './contest.ts'
import type { Entrant } from './enter.ts'
import { EventFeed } from './event-feed.ts'
import type { Farewells } from './farewells.ts'
import { HeldRecord } from './held-record.ts'
import type { RegistrationEvent, RegistrationState } from './registration-event.ts'
import { type RegistrationUpdate, registrationUpdateKinds, updateRecord } from './registration-options.ts'

export interface RegistrationParts {
  readonly etcd: EtcdClient
  readonly presence: Presence
  readonly farewells: Farewells
  readonly format: RecordFormat
  readonly health: ResolvedHealth | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly onEnd: () => void
}

/** How long the store is given to be told that the instance has left, when it has not answered or nobody waits. */
const secondTryTimeoutMs = 1_000

/**
 * An instance that is registered until `deregister()` or the end of its process. Whatever takes its record away in
 * between, it puts the record back by itself, and says so in an event.
 */
export class Registration {
  readonly #parts: RegistrationParts
  readonly #feed = new EventFeed<RegistrationEvent>()
  readonly #held: HeldRecord
  #record: InstanceRecord
  #state: RegistrationState = 'registering'
  #left: Promise<void> | undefined
  #monitor: HealthMonitor | undefined

  /** @internal Made by `Registry.register`. */
  constructor(record: InstanceRecord, parts: RegistrationParts) {
    this.#record = record
    this.#parts = parts
    this.#held = new HeldRecord(instanceKey(record.service, record.id), parts, {
      text: () => formatRecord(this.#record, parts.format),
      lost: (reason) => {
        this.#state = 'restoring'
        this.#feed.emit({ type: 'lost', at: this.#now(), reason })
      },
      restored: (revision) => {
        this.#state = 'registered'
        this.#feed.emit({ type: 'restored', at: this.#now(), revision })
      },
      restoreFailed: (error, retryInMs) =>
        this.#feed.emit({ type: 'restore-failed', at: this.#now(), error, retryInMs }),
      taken: ({ key, bytes, modRevision }) => {
        this.#state = 'superseded'
        const { instance } = readInstance(key, bytes, modRevision)
        this.#feed.emit({ type: 'superseded', at: this.#now(), holder: instance })
        this.#left = this.#release()
      },
      clientClosed: () => {
        this.#end('left')
        this.#feed.emit({ type: 'left', at: this.#now() })
        this.#left = this.#release()
      },
    })
  }

  /** What is said of the instance now. */
  get record(): InstanceRecord {
    return this.#record
  }

  get key(): string {
    return this.#held.key
  }

  get state(): RegistrationState {
    return this.#state
  }

  /** The lease that the record is attached to at present. */
  get lease(): bigint | undefined {
    return this.#held.lease?.id
  }

  /** What happens to the registration from now on. Of events that nobody takes, the newest 100 are kept. */
  events(): AsyncIterableIterator<RegistrationEvent> {
    return this.#feed.iterate()
  }

  /** Calls `listener` for every event. Returns the function that removes it. What a listener throws is an uncaught
   * exception, as with an `EventTarget`; the registration is not affected. */
  onEvent(listener: (event: RegistrationEvent) => void): () => void {
    return this.#feed.on(listener)
  }

  /**
   * Changes what is said of the instance. While the registration is being restored, the change is written with it.
   * Fails with `invalid-argument`, with `closed` after the end, and as the client does; the record then stays as it was.
   */
  async update(update: RegistrationUpdate, options?: CallOptions): Promise<void> {
    checkOptions('registration.update', update, registrationUpdateKinds)
    await this.#held.exclusively(async () => {
      this.#checkAlive()
      const before = this.#record
      this.#record = updateRecord(before, update)
      try {
        if (this.#held.isHeld) await this.#held.rewrite(options)
      } catch (error) {
        this.#record = before
        throw error
      }
    })
    this.#held.check()
  }

  /**
   * Leaves with proof: says `leaving`; waits until every process that follows the service has confirmed it; waits for the work in flight; and deregisters. Each step is bounded, and those who have not confirmed
   * are named. It deregisters also when the work in flight fails or takes too long, and then fails; and it fails when
   * the store cannot be told, after the work in flight has ended.
   */
  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    checkOptions('registration.drain', options, drainOptionKinds)
    this.#checkAlive()
    const { signal } = options
    const { etcd, clock } = this.#parts
    this.#end('leaving')
    // A store that is away must not cut off the work in flight, nor be waited for twice; that it is away is told last.
    let timeoutMs: number | undefined
    try {
      const leaving = this.#held.exclusively(() => this.#writeLeaving({ signal }))
      const revision = await leaving.catch(() => {
        timeoutMs = secondTryTimeoutMs
        return undefined
      })
      return await drainSteps(etcd, this.#record.service, revision, options, clock)
    } finally {
      await this.deregister(signal?.aborted ? { timeoutMs: secondTryTimeoutMs } : { signal, timeoutMs })
    }
  }

  /**
   * Leaves: writes `leaving`, so that consumers can tell it from a death, and deletes the record. Idempotent.
   * When the store cannot be told it fails; the record then goes with its lease, or when the store can be told.
   */
  deregister(options?: CallOptions): Promise<void> {
    checkOptionsIfGiven('registration.deregister', options, callOptionKinds)
    this.#left ??= this.#leave(options)
    return this.#left
  }

  /** Deregisters. A store that cannot be told is no error here: the record goes with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.deregister().catch(() => {})
  }

  /** @internal What is to be written for the first time. */
  get entrant(): Entrant {
    return { record: this.#record, held: this.#held }
  }

  /** @internal The record has been written for the first time. */
  begin(): void {
    this.#state = 'registered'
    this.#feed.emit({ type: 'registered', at: this.#now(), revision: this.#held.written })
    this.#held.follow()
    const { health, clock, random } = this.#parts
    this.#monitor = health && new HealthMonitor(health, (checked) => this.#checked(checked), clock, random)
  }

  /** @internal The record could not be written, or not for certain. */
  async giveUp(error: unknown): Promise<void> {
    this.#end('left')
    if (!WaypostError.is(error, 'already-exists')) this.#held.withdrawLater()
    await this.#release()
  }

  async #leave(options: CallOptions | undefined): Promise<void> {
    this.#state = 'leaving'
    this.#monitor?.close()
    await this.#held.end()
    try {
      await this.#held.exclusively(async () => {
        await this.#writeLeaving(options)
        await this.#held.withdraw(options)
      })
    } catch (error) {
      this.#held.withdrawLater()
      throw error
    } finally {
      this.#state = 'left'
      this.#feed.emit({ type: 'left', at: this.#now() })
      await this.#release()
    }
  }

  /** The revision from which on consumers see it; `undefined` when there is no record of ours to change. */
  async #writeLeaving(options: CallOptions | undefined): Promise<bigint | undefined> {
    if (this.#record.status === 'leaving') return undefined
    const before = this.#record
    this.#record = { ...before, status: 'leaving' }
    try {
      return await this.#held.writeLast(options)
    } catch (error) {
      this.#record = before
      throw error
    }
  }

  /** Called after every check, so that a status that could not be written is written after the next. */
  #checked({ healthy, hasChanged, error }: Checked): void {
    if (hasChanged) this.#feed.emit({ type: 'health', at: this.#now(), healthy, error })
    const status = healthy ? 'up' : 'starting'
    if (this.#record.status !== status) this.update({ status }).catch(() => {})
  }

  #end(state: 'leaving' | 'left'): void {
    this.#state = state
    this.#monitor?.close()
    void this.#held.end()
  }

  async #release(): Promise<void> {
    this.#monitor?.close()
    this.#feed.end()
    this.#parts.onEnd()
    await this.#held.release()
  }

  #checkAlive(): void {
    if (this.#state === 'superseded') throw alreadyExists(this.#record, undefined, 'Another process took over.')
    if (this.#held.isEnding) throw new WaypostError('closed', `The registration ${this.key} has ended.`)
  }

  #now(): Date {
    return new Date(this.#parts.clock.epochMs())
  }
}
