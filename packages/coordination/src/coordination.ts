import type { EtcdClient, KeyValue } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { anything, callOptionKinds, checkOptions, notNegative, type OptionKinds, required } from '@waypost/core/options'
import { Barrier } from './barrier/barrier.ts'
import { DoubleBarrier } from './barrier/double-barrier.ts'
import { Latch } from './barrier/latch.ts'
import { Counter } from './counter/counter.ts'
import { Sequence } from './counter/sequence.ts'
import { Elections, type ElectOptions, type Leading, type LeadOptions } from './election/elections.ts'
import type { Leader } from './election/leader.ts'
import type { Leadership } from './election/leadership.ts'
import type { Locked, LockOptions } from './lock/lock-options.ts'
import { Locks } from './lock/locks.ts'
import { ReadWriteLock } from './lock/read-write-lock.ts'
import type { Hold } from './place/hold.ts'
import { Members } from './place/members.ts'
import { OpenHolds } from './place/open-holds.ts'
import { Places } from './place/places.ts'
import { Queue } from './queue/queue.ts'
import { queueNames } from './queue/queue-names.ts'
import type { QueueOptions } from './queue/queue-options.ts'
import type { QueueWorker } from './queue/worker.ts'
import { RateLimit, type RateLimitOptions } from './rate/rate-limit.ts'
import { Schedules } from './schedule/schedules.ts'
import { Semaphore } from './semaphore/semaphore.ts'
import { checkInteger } from './shared/check-number.ts'
import { checkPath } from './shared/names.ts'
import { type CoordinationOptions, type Parts, partsOf } from './shared/settings.ts'
import { type Transaction, transaction } from './transaction/stm.ts'
import { type NewValue, type UpdateOptions, update, updateOptionKinds } from './transaction/update.ts'

const countKinds: OptionKinds<{ readonly count: number }> = { count: required(anything()) }

/**
 * Locks, elections and what else processes need to agree on, on one etcd client.
 *
 * @example
 * ```ts
 * await coordination.lock('billing/close-month', async ({ guard }) => {
 *   const { succeeded } = await guard(etcd.txn().do(put('billing/closed', '2026-11'))).commit()
 *   console.log(succeeded) // true
 * })
 * ```
 */
export class Coordination implements AsyncDisposable {
  readonly #parts: Parts
  readonly #places: Places
  readonly #locks: Locks
  readonly #elections: Elections
  readonly #members: Members
  readonly #permits = new OpenHolds()
  readonly #workers = new Set<QueueWorker<never, unknown>>()
  readonly #schedules = new Map<string, Schedules>()
  readonly #queues = new Map<string, Queue>()
  #draining: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(etcd: EtcdClient, options: CoordinationOptions = {}) {
    this.#parts = partsOf(etcd, options)
    this.#places = new Places(this.#parts)
    this.#locks = new Locks(this.#parts, this.#places)
    this.#elections = new Elections(this.#parts, this.#places)
    this.#members = new Members(this.#places)
  }

  /** How this process calls itself. */
  get processName(): string {
    return this.#parts.processName
  }

  /**
   * Waits for a lock. With a function: runs it as the holder, passes on what it returns, and releases the lock.
   * Without one: returns the lock, to be released with `release()` or `await using`.
   *
   * Several names are taken in one order, so that two callers who want the same ones never wait for each other.
   *
   * A lock of this kind alone does not exclude two writers: a process that stands still may go on after its lease has
   * ended. What must not happen twice goes through `guard`, or hands `token` to a resource that refuses older ones.
   *
   * Fails with `deadline-exceeded` after `timeoutMs`, `aborted`, `failed-precondition` when the same async context holds
   * the lock already, and `lease-not-found` when the lease ended while it waited or, with a function, while that ran.
   */
  lock(names: string | readonly string[], options?: LockOptions): Promise<Hold>
  lock<T>(names: string | readonly string[], work: Locked<T>, options?: LockOptions): Promise<T>
  lock<T>(
    names: string | readonly string[],
    first: Locked<T> | LockOptions = {},
    options: LockOptions = {},
  ): Promise<Hold | T> {
    if (typeof first === 'function') return this.#locks.withLock(names, first, options)
    return this.#locks.lock(names, first)
  }

  /** Takes a lock if it is free, or several if all of them are; otherwise `undefined`, without waiting. */
  tryLock(names: string | readonly string[], options: LockOptions = {}): Promise<Hold | undefined> {
    return this.#locks.tryLock(names, options)
  }

  /** A lock that many readers hold together, or one writer alone. */
  readWriteLock(name: string): ReadWriteLock {
    return new ReadWriteLock(this.#locks, checkPath(name, 'lock'))
  }

  /**
   * Stands for election and resolves once elected. `lost` of the leadership fires before anybody else can lead.
   * Fails with `deadline-exceeded`, `aborted`, and `closed` when the process drains.
   */
  elect(name: string, options: ElectOptions = {}): Promise<Leadership> {
    return this.#elections.elect(name, options)
  }

  /**
   * Stands for election and runs `work` while this process leads. `signal` of the leadership fires when the lead is
   * lost; once `work` has ended, the process stands again. When `work` ends while it leads, the lead is handed on, and
   * the result or error is passed on. Fails with `aborted`, and with `closed` when the process drains.
   */
  lead<T>(name: string, work: Leading<T>, options: LeadOptions = {}): Promise<T> {
    return this.#elections.lead(name, work, options)
  }

  /** Who leads now; `undefined`: nobody. */
  leader(name: string, options: CallOptions = {}): Promise<Leader | undefined> {
    checkOptions('coordination.leader', options, callOptionKinds)
    return this.#elections.leader(name, options)
  }

  /** Who leads, now and whenever that or its value changes. Ends with `signal`. */
  observe(name: string, options: CallOptions = {}): AsyncIterableIterator<Leader | undefined> {
    checkOptions('coordination.observe', options, callOptionKinds)
    return this.#elections.observe(name, options)
  }

  /** At most `permits` holders at a time, over all processes. Every process must give the same number. */
  semaphore(name: string, options: { readonly permits: number }): Semaphore {
    checkOptions('coordination.semaphore', options, { permits: required(anything<number>()) })
    const key = `/waypost/semaphores/${checkPath(name, 'semaphore')}`
    const permits = checkInteger(options.permits, 'permits', 1)
    return new Semaphore(this.#parts, this.#places, this.#permits, name, key, permits)
  }

  /** A barrier that processes wait at while it is up. */
  barrier(name: string): Barrier {
    return new Barrier(this.#parts.etcd, checkPath(name, 'barrier'))
  }

  /** Lets `count` processes begin together and end together. */
  doubleBarrier(name: string, options: { readonly count: number }): DoubleBarrier {
    checkOptions('coordination.doubleBarrier', options, countKinds)
    const count = checkInteger(options.count, 'count', 1)
    return new DoubleBarrier(this.#parts, this.#members, checkPath(name, 'double barrier'), count)
  }

  /** A latch that opens once it was counted down from `count` to 0. */
  latch(name: string, options: { readonly count: number }): Latch {
    checkOptions('coordination.latch', options, countKinds)
    const key = `/waypost/latches/${checkPath(name, 'latch')}`
    return new Latch(this.#parts, name, key, checkInteger(options.count, 'count', 1))
  }

  /** A whole number that several processes change. */
  counter(name: string): Counter {
    return new Counter(this.#parts, name, `/waypost/counters/${checkPath(name, 'counter')}`)
  }

  /** Ids that are unique over all processes. A process takes `blockSize` of them at a time, 100 by default. */
  sequence(name: string, options: { readonly blockSize?: number | undefined } = {}): Sequence {
    checkOptions('coordination.sequence', options, { blockSize: anything<number>() })
    const key = `/waypost/sequences/${checkPath(name, 'sequence')}`
    const blockSize = checkInteger(options.blockSize ?? 100, 'blockSize', 1)
    return new Sequence(new Counter(this.#parts, name, key), blockSize)
  }

  /** A rate that all processes share: at most `limit` in `intervalMs`. */
  rateLimit(name: string, options: RateLimitOptions): RateLimit {
    return new RateLimit(this.#parts, name, `/waypost/rate-limits/${checkPath(name, 'rate limit')}`, options)
  }

  /** A queue of jobs, each done at least once. `Data` is what its jobs hold, `Result` what its handlers return. */
  queue<Data = unknown, Result = unknown>(name: string, options: QueueOptions = {}): Queue<Data, Result> {
    const queueParts = {
      parts: this.#parts,
      members: this.#members,
      elections: this.#elections,
      workers: this.#workers,
    }
    return new Queue(queueParts, name, options)
  }

  /** The schedules of the group `default`. */
  get schedules(): Schedules {
    return this.schedulesOf('default')
  }

  /** The schedules of a group of processes that can run the same functions: of one application. */
  schedulesOf(group: string): Schedules {
    let schedules = this.#schedules.get(group)
    if (schedules === undefined) {
      const shared = { parts: this.#parts, members: this.#members, elections: this.#elections }
      schedules = new Schedules({ ...shared, queueOf: (name) => this.#queueOf(name) }, group)
      this.#schedules.set(group, schedules)
    }
    return schedules
  }

  /** The names of the queues that have ever had a job, sorted. One request for each. */
  queues(options: CallOptions = {}): Promise<readonly string[]> {
    checkOptions('coordination.queues', options, callOptionKinds)
    return queueNames(this.#parts.etcd, options)
  }

  /**
   * Changes a key by what it is now: reads it, calls `change`, and writes the result if nobody changed the key
   * meanwhile; otherwise it begins again, with growing pauses. `undefined` deletes the key. Fails with `conflict` after
   * 100 attempts.
   *
   * @example
   * ```ts
   * await coordination.update('stock/apples', (current) => String(Number(current?.text() ?? '0') + 1))
   * ```
   */
  update(
    key: string,
    change: (current: KeyValue | undefined) => NewValue | Promise<NewValue>,
    options: UpdateOptions = {},
  ): Promise<{ readonly revision: bigint }> {
    checkOptions('coordination.update', options, updateOptionKinds)
    return update(this.#parts, key, change, options)
  }

  /**
   * The same over several keys: reads are of one revision, and the writes are applied together if nothing that was read
   * has changed; otherwise `work` runs again. It must have no other effects.
   *
   * @example
   * ```ts
   * await coordination.transaction(async (keys) => {
   *   const from = Number((await keys.get('accounts/a')) ?? 0)
   *   const to = Number((await keys.get('accounts/b')) ?? 0)
   *   keys.put('accounts/a', String(from - 10))
   *   keys.put('accounts/b', String(to + 10))
   * })
   * ```
   */
  transaction<T>(work: (keys: Transaction) => T | Promise<T>, options: CallOptions = {}): Promise<T> {
    checkOptions('coordination.transaction', options, callOptionKinds)
    return transaction(this.#parts, work, options)
  }

  /**
   * Prepares the end of the process: workers take no more jobs and finish those that run, for `timeoutMs` at the most
   * (30,000 by default), and every lead goes to the next candidate. Idempotent.
   */
  drain(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    checkOptions('coordination.drain', options, { timeoutMs: notNegative })
    this.#draining ??= this.#drain(options.timeoutMs)
    return this.#draining
  }

  /** Drains, releases every lock and gives up the leases. The etcd client stays open. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** For schedules, which ask for the same queues again and again. */
  #queueOf(name: string): Queue {
    const queue = this.#queues.get(name) ?? this.queue(name)
    this.#queues.set(name, queue)
    return queue
  }

  async #drain(timeoutMs: number | undefined): Promise<void> {
    await Promise.all([
      ...[...this.#workers].map((worker) => worker.drain({ timeoutMs })),
      ...[...this.#schedules.values()].map((schedules) => schedules.close()),
    ])
    await this.#elections.drain()
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.close()))
    await this.drain()
    await Promise.all([this.#elections.close(), this.#locks.close(), this.#permits.release(), this.#members.close()])
    await this.#places.close()
  }
}
