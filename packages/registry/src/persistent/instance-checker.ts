import type { Cache, EtcdClient } from '@waypost/client'
import { type Clock, messageOf, type Timer, WaypostError } from '@waypost/core'
import { functionKind, type OptionKinds } from '@waypost/core/options'
import { HealthMonitor } from '../health/health-monitor.ts'
import type { OnLease } from '../register/on-lease.ts'
import { type CheckRecord, checkKey, readCheck, readCheckKey, resolveCheck } from './instance-check.ts'

export interface InstanceCheckerOptions {
  /** Called with instances that become healthy or unhealthy, and with those that are deregistered. */
  readonly onEvent?: ((event: CheckEvent) => void) | undefined
}

export const instanceCheckerOptionKinds: OptionKinds<InstanceCheckerOptions> = {
  onEvent: functionKind<(event: CheckEvent) => void>(),
}

export interface CheckEvent {
  readonly kind: 'healthy' | 'unhealthy' | 'deregistered' | 'failed'
  readonly service: string
  readonly id: string
  /** Why, for all but `healthy`. */
  readonly reason: string | undefined
}

/** @internal */
export interface CheckerParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly random: () => number
  readonly unleased: OnLease
}

interface Running {
  readonly revision: bigint
  readonly monitor: HealthMonitor
  healthy: boolean | undefined
  deregistering: Timer | undefined
}

/** Checks the persistent instances of all services. Only one may run at a time: let it run for who leads an election. */
export class InstanceChecker implements AsyncDisposable {
  readonly #parts: CheckerParts
  readonly #onEvent: (event: CheckEvent) => void
  readonly #checks: Cache
  readonly #running = new Map<string, Running>()

  /** @internal Made by `Registry.checkPersistent`. */
  constructor(parts: CheckerParts, checks: Cache, { onEvent = () => {} }: InstanceCheckerOptions) {
    this.#parts = parts
    this.#onEvent = onEvent
    this.#checks = checks
    checks.onChange(({ changes }) => {
      for (const { key } of changes) this.#follow(key)
    })
    for (const key of checks.keys()) this.#follow(key)
  }

  /** How many instances are checked. */
  get size(): number {
    return this.#running.size
  }

  async close(): Promise<void> {
    for (const key of [...this.#running.keys()]) this.#stop(key)
    await this.#checks.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #follow(key: string): void {
    const kv = this.#checks.get(key)
    if (this.#running.get(key)?.revision === kv?.modRevision) return
    this.#stop(key)
    const named = readCheckKey(key)
    const record = kv && readCheck(kv.text())
    if (kv === undefined || record === undefined || named === undefined) return
    const { clock, random } = this.#parts
    const health = resolveCheck(record.check, record.target)
    const running: Running = {
      revision: kv.modRevision,
      monitor: new HealthMonitor(
        health,
        ({ healthy, error }) => void this.#judge(key, named, record, healthy, error),
        clock,
        random,
      ),
      healthy: undefined,
      deregistering: undefined,
    }
    this.#running.set(key, running)
  }

  /** What could not be written is written after the next check. */
  async #judge(
    key: string,
    { service, id }: { readonly service: string; readonly id: string },
    { check }: CheckRecord,
    healthy: boolean,
    error: Error | undefined,
  ): Promise<void> {
    const running = this.#running.get(key)
    if (running === undefined || running.healthy === healthy) return
    running.healthy = healthy
    try {
      await this.#parts.unleased.update(service, id, { status: healthy ? 'up' : 'starting' })
    } catch (failure) {
      running.healthy = undefined
      if (WaypostError.is(failure, 'not-found')) {
        await this.#parts.etcd.kv.delete(checkKey(service, id)).catch(() => {})
      } else this.#onEvent({ kind: 'failed', service, id, reason: messageOf(failure) })
      return
    }
    this.#onEvent({ kind: healthy ? 'healthy' : 'unhealthy', service, id, reason: error?.message })
    running.deregistering?.cancel()
    running.deregistering = undefined
    if (healthy || check.deregisterAfterMs === undefined) return
    running.deregistering = this.#parts.clock.after(
      check.deregisterAfterMs,
      () => void this.#deregister(service, id, error),
      { ref: false },
    )
  }

  async #deregister(service: string, id: string, error: Error | undefined): Promise<void> {
    try {
      await this.#parts.etcd.kv.delete(checkKey(service, id))
      await this.#parts.unleased.leave(service, id)
      this.#onEvent({ kind: 'deregistered', service, id, reason: error?.message })
    } catch (failure) {
      this.#onEvent({ kind: 'failed', service, id, reason: messageOf(failure) })
    }
  }

  #stop(key: string): void {
    const running = this.#running.get(key)
    running?.monitor.close()
    running?.deregistering?.cancel()
    this.#running.delete(key)
  }
}
