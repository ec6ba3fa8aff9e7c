import { AsyncLocalStorage } from 'node:async_hooks'
import { Inject, SetMetadata } from '@nestjs/common'
import { WaypostError } from '@waypost/core'
import type { Hold, LockOptions, Waypost } from 'waypost'
import type { InjectDecorator } from '../decorators.ts'
import { waypostToken } from '../tokens.ts'
import {
  type ClusterCronOptions,
  type DecoratedMethod,
  methodMetadataKey,
  type OfStore,
  type OnLeaderOptions,
  type QueueWorkerOptions,
} from './metadata.ts'
import { leaderToken, queueToken } from './tokens.ts'

/**
 * Runs the method at the times of a cron pattern, once in the whole fleet: in whichever instance leads. It gets the
 * `ScheduledRun`: `plannedAt`, `id`, `signal`, `token`, `guard`.
 *
 * @example
 * ```ts
 * import type { ScheduledRun } from '@waypost/coordination'
 *
 * class Reports {
 *   @ClusterCron('0 3 * * *', { timeZone: 'Asia/Shanghai', overlap: 'skip' })
 *   async nightly({ plannedAt }: ScheduledRun) {}
 * }
 * ```
 */
export function ClusterCron(cron: string, options: ClusterCronOptions = {}): MethodDecorator {
  return decorated({ kind: 'cron', cron, options })
}

/**
 * Runs the method while this instance leads the election of that name. It gets the `Leadership`, whose `signal` fires
 * when the lead is lost. When the method returns, the instance goes on leading until it is stopped.
 *
 * @example
 * ```ts
 * import type { Leadership } from '@waypost/coordination'
 *
 * class Cleaner {
 *   @OnLeader('cleaner')
 *   async lead({ signal }: Leadership) {}
 * }
 * ```
 */
export function OnLeader(name: string, options: OnLeaderOptions = {}): MethodDecorator {
  return decorated({ kind: 'leader', name, options })
}

/**
 * Makes the method the handler of a queue. It gets the `Job` and the `JobContext`.
 *
 * @example
 * ```ts
 * import type { Job } from '@waypost/coordination'
 *
 * class Mails {
 *   @QueueWorker('mails', { concurrency: 5 })
 *   async send({ data }: Job<{ to: string }>) {}
 * }
 * ```
 */
export function QueueWorker(name: string, options: QueueWorkerOptions = {}): MethodDecorator {
  return decorated({ kind: 'worker', name, options })
}

function decorated(method: DecoratedMethod): MethodDecorator {
  return SetMetadata(methodMetadataKey, method)
}

/** Injects a queue, a `Queue`. */
export function InjectQueue(name: string): InjectDecorator {
  return Inject(queueToken(name))
}

/** Injects who leads the election that `@OnLeader` of that name stands in, a `LeaderView`. */
export function InjectLeader(name: string): InjectDecorator {
  return Inject(leaderToken(name))
}

/** What the name of a lock is made of: the arguments of the method. */
export type LockName<Args extends readonly unknown[]> = string | ((...args: Args) => string | readonly string[])

type Method<Args extends readonly unknown[], Result> = (...args: Args) => Promise<Result>

const held = new AsyncLocalStorage<Hold>()

/** The lock under which the present call of a method with `@WithLock` runs; `undefined` outside of one. */
export function heldLock(): Hold | undefined {
  return held.getStore()
}

/**
 * Runs the method under a lock whose name is made of its arguments. The method must be asynchronous. `heldLock()`
 * inside of it is the lock, for its `guard`, `token` and `signal`.
 *
 * @example
 * ```ts
 * class Orders {
 *   @WithLock((order: { id: string }) => `orders/${order.id}`)
 *   async pay(order: { id: string }) {}
 * }
 * ```
 */
export function WithLock<Args extends readonly unknown[]>(name: LockName<Args>, options: LockOptions & OfStore = {}) {
  const { connection, ...lockOptions } = options
  return <Result>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<Method<Args, Result>>,
  ): void => {
    const method = descriptor.value
    if (method === undefined) throw new WaypostError('invalid-argument', '@WithLock is for methods.')
    const store = `waypost:store:${connection ?? ''}`
    // Nest puts the store there when it makes the instance.
    Inject(waypostToken(connection))(target, store)
    descriptor.value = function locked(this: object, ...args: Args): Promise<Result> {
      const waypost: unknown = Reflect.get(this, store)
      if (!isStore(waypost)) {
        const where = `${target.constructor.name}.${String(property)}`
        throw new WaypostError('failed-precondition', `@WithLock of ${where} works on instances that Nest has made.`)
      }
      const names = typeof name === 'string' ? name : name(...args)
      return waypost.coordination.lock(names, (lock) => held.run(lock, () => method.call(this, ...args)), lockOptions)
    }
  }
}

function isStore(value: unknown): value is Waypost {
  return value instanceof Object && 'coordination' in value
}
