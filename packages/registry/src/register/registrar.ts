import type { EtcdClient, PresenceSettings } from '@waypost/client'
import { type CallOptions, type Clock, WaitLimit, WaypostError } from '@waypost/core'
import { resolveHealth } from '../health/health-options.ts'
import { instanceKey } from '../record/keys.ts'
import { alreadyExists } from './contest.ts'
import { enter } from './enter.ts'
import { Farewells } from './farewells.ts'
import { Registration } from './registration.ts'
import { type RegisterOptions, resolveRecord } from './registration-options.ts'

export interface RegistrarParts {
  readonly etcd: EtcdClient
  /** What is not given with a registration. */
  readonly heartbeat: PresenceSettings
  readonly clock: Clock
  readonly random: () => number
}

const defaultTimeoutMs = 30_000
/** The most operations that etcd takes in a transaction, by default. */
const maxBatch = 128

/** What this process has registered. */
export class Registrar {
  readonly #parts: RegistrarParts
  /** Of everything that leaves by this registry. */
  readonly farewells: Farewells
  readonly #registrations = new Map<string, Registration>()

  constructor(parts: RegistrarParts) {
    this.#parts = parts
    this.farewells = new Farewells(parts.etcd, parts.clock)
  }

  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()]
  }

  /** Registers all or none, in one transaction. */
  async register(list: readonly RegisterOptions[], options: CallOptions): Promise<Registration[]> {
    const registrations = this.#prepare(list)
    if (registrations.length === 0) return []
    try {
      const entrants = registrations.map(({ entrant }) => entrant)
      await this.#withDeadline(options, (signal) => enter(entrants, { ...this.#parts, signal }))
      if (entrants.some(({ held }) => held.isEnding))
        throw new WaypostError('closed', 'The registry was closed while it registered.')
    } catch (error) {
      await Promise.all(registrations.map((registration) => registration.giveUp(error)))
      throw error
    }
    for (const registration of registrations) registration.begin()
    return registrations
  }

  /** Checks everything before anything is made. */
  #prepare(list: readonly RegisterOptions[]): Registration[] {
    const { etcd, heartbeat, clock, random } = this.#parts
    if (list.length > maxBatch) {
      throw new WaypostError('invalid-argument', `At most ${maxBatch} instances can be registered in one transaction.`)
    }
    const now = new Date(clock.epochMs())
    const keys = new Set(this.#registrations.keys())
    const entries = list.map((options) => {
      const record = {
        ...resolveRecord(options, now, this.#freeId(options.service, keys)),
        process: etcd.identity.process,
      }
      const { ttlSeconds = heartbeat.ttlSeconds, hungLimitMs = heartbeat.hungLimitMs } = options
      const presence = etcd.presence({ ttlSeconds, hungLimitMs, heartbeat: options.heartbeat ?? heartbeat.heartbeat })
      const key = instanceKey(record.service, record.id)
      if (keys.has(key)) throw alreadyExists(record, undefined, 'This process registered it.')
      keys.add(key)
      return {
        key,
        record,
        presence,
        format: options.format ?? 'waypost',
        health: resolveHealth(options.health, record),
      }
    })
    return entries.map(({ key, record, presence, format, health }) => {
      const onEnd = (): void => {
        this.#registrations.delete(key)
      }
      const { farewells } = this
      const parts = { etcd, presence, farewells, format, health, clock, random, onEnd }
      const registration = new Registration(record, parts)
      this.#registrations.set(key, registration)
      return registration
    })
  }

  /** The process id, with a number when this process has registered another instance of the service under it. */
  #freeId(service: string, keys: ReadonlySet<string>): string {
    const { process } = this.#parts.etcd.identity
    let id = process
    for (let number = 2; keys.has(instanceKey(service, id)); number++) id = `${process}-${number}`
    return id
  }

  async #withDeadline(options: CallOptions, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { timeoutMs = defaultTimeoutMs, signal } = options
    const late = (): WaypostError =>
      new WaypostError('deadline-exceeded', `The registration did not succeed within ${timeoutMs} ms.`)
    using limit = new WaitLimit({ signal, timeoutMs }, this.#parts.clock, late)
    try {
      await work(limit.signal ?? new AbortController().signal)
    } catch (error) {
      throw WaypostError.is(error, 'aborted') ? limit.reason(error) : error
    }
  }
}
