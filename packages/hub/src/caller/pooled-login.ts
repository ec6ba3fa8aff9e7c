import { EtcdClient, type EtcdClientOptions } from '@waypost/client'
import { ConfigCenter, type ConfigCenterOptions } from '@waypost/config/admin'
import { Coordination } from '@waypost/coordination'
import { type Clock, WaypostError } from '@waypost/core'
import { Registry } from '@waypost/registry'
import { LiveViews } from '../live/live-views.ts'
import type { Login } from './caller.ts'
import { IdleCache } from './idle-cache.ts'

/** The clients of one login. Its parts are made when they are first needed. */
export class PooledLogin implements Login {
  readonly user: string | undefined
  readonly etcd: EtcdClient
  readonly views: LiveViews
  readonly kept: IdleCache
  readonly #clock: Clock
  readonly #checks: ConfigCenterOptions['checks']
  #registry: Registry | undefined
  #config: ConfigCenter | undefined
  #coordination: Coordination | undefined
  /** As of the last `verify`. */
  storeNeedsLogin = true

  constructor(
    options: EtcdClientOptions,
    credentials: EtcdClientOptions['auth'],
    clock: Clock,
    checks: ConfigCenterOptions['checks'],
  ) {
    this.user = credentials?.username
    this.etcd = new EtcdClient({ ...options, auth: credentials })
    this.views = new LiveViews(clock)
    this.kept = new IdleCache(clock)
    this.#clock = clock
    this.#checks = checks
  }

  /** Without the guard: what the store says is what callers hear, after a restart of the hub too. */
  get registry(): Registry {
    this.#registry ??= new Registry(this.etcd, { guard: false, app: 'waypost hub', clock: this.#clock })
    return this.#registry
  }

  get config(): ConfigCenter {
    this.#config ??= new ConfigCenter(this.etcd, { clock: this.#clock, checks: this.#checks })
    return this.#config
  }

  get coordination(): Coordination {
    this.#coordination ??= new Coordination(this.etcd, { clock: this.#clock })
    return this.#coordination
  }

  /** Lets the store check the login. Fails with `unauthenticated`. */
  async verify(signal: AbortSignal): Promise<void> {
    this.storeNeedsLogin = await needsLogin(this.etcd, this.user !== undefined, signal)
  }

  async close(): Promise<void> {
    await Promise.all([this.views.close(), this.kept.close()])
    await Promise.all([this.#registry?.close(), this.#config?.close(), this.#coordination?.close()])
    await this.etcd.close()
  }
}

/** Codes by which a store says that it wants to know who asks. */
const refusals = new Set(['permission-denied', 'invalid-argument', 'unauthenticated'])

/**
 * Whether the store asks for logins. Only root may ask that, so a refusal is an answer too; stores before etcd 3.5 do
 * not know the question, and are tried out. Fails with `unauthenticated` when the login of the client is wrong.
 */
async function needsLogin(etcd: EtcdClient, hasLogin: boolean, signal: AbortSignal): Promise<boolean> {
  try {
    return (await etcd.auth.status({ signal })).enabled
  } catch (error) {
    if (isRefusal(error, hasLogin)) return true
    if (!WaypostError.is(error, 'unimplemented')) throw error
  }
  try {
    await etcd.kv.get('/waypost/hub', { signal })
    return false
  } catch (error) {
    if (isRefusal(error, hasLogin)) return true
    throw error
  }
}

function isRefusal(error: unknown, hasLogin: boolean): boolean {
  if (!WaypostError.is(error) || (hasLogin && error.code === 'unauthenticated')) return false
  return refusals.has(error.code)
}
