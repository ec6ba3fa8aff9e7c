import type { EtcdClient, Presence } from '@waypost/client'
import {
  anySignal,
  type CallOptions,
  type Clock,
  onAbort,
  systemClock,
  throwIfAborted,
  WaypostError,
} from '@waypost/core'
import {
  boolean,
  callOptionKinds,
  checkOptions,
  functionKind,
  anything as given,
  notNegative,
  type OptionKinds,
  text,
  withMethods,
} from '@waypost/core/options'
import { Confirmations } from './applied/confirmations.ts'
import { configKey, configRange } from './config-path.ts'
import type { ConfigObject } from './config-value.ts'
import { ConfigWatch } from './config-watch.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import { documentText } from './documents/document-text.ts'
import { type Identity, identityOptionKinds, resolveIdentity } from './identity.ts'
import {
  type EffectiveConfig,
  type EffectiveOptions,
  effectiveOptionKinds,
  readEffective,
} from './live/effective-config.ts'
import { LiveConfig } from './live/live-config.ts'
import { type LoadOptions, loadConfig, loadOptionKinds } from './live/load-config.ts'
import { environmentKeyring, type Keyring, rememberingKeyring } from './secrets/keyring.ts'
import type { StandardSchema } from './validation/standard-schema.ts'
import { anything } from './validation/validate.ts'

/** What is given here about the process and its files is the default of every `load`. */
export interface ConfigOptions
  extends Identity,
    Pick<LoadOptions, 'version' | 'keyring' | 'snapshotDir' | 'snapshotAfterMs' | 'confirm'> {
  /**
   * How long what this process confirmed outlives it, in whole seconds, at least 2. Default: as long as whatever else
   * is attached to the client's lease, which is 10 unless the registry on that client says otherwise.
   */
  readonly ttlSeconds?: number | undefined
  /**
   * Called with what is wrong without keeping a configuration from being used: records that are damaged or may not be read or
   * written, a snapshot that cannot be used. Default: a warning of the process.
   */
  readonly onNotice?: ((message: string) => void) | undefined
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
}

export interface ConfigWatchOptions {
  /** Ends the watch: the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** Begins with the values that are there already, each as a change. Default false. */
  readonly initial?: boolean | undefined
  /** How long it may take until the watch has begun, in milliseconds. Default: the client's deadline. */
  readonly timeoutMs?: number | undefined
}

export const configOptionKinds: OptionKinds<ConfigOptions> = {
  ...identityOptionKinds,
  version: text,
  keyring: withMethods('a keyring', ['key']),
  snapshotDir: text,
  snapshotAfterMs: notNegative,
  confirm: boolean,
  ttlSeconds: given(),
  onNotice: functionKind<(message: string) => void>(),
  clock: withMethods('a clock', ['monotonicMs', 'after']),
}

const watchOptionKinds: OptionKinds<ConfigWatchOptions> = { ...callOptionKinds, initial: boolean }
export const loadCallKinds: OptionKinds<LoadOptions & { readonly schema?: unknown }> = {
  ...loadOptionKinds,
  schema: given(),
}

interface Closable {
  close(): Promise<void>
}

/**
 * Configuration in an etcd v3 store as applications read it: plain values, and layered, typed documents that stay up
 * to date. What administers it is `ConfigCenter` in `@waypost/config/admin`.
 */
export class Config {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #options: ConfigOptions
  readonly #onNotice: (message: string) => void
  readonly #confirmations: Confirmations
  readonly #open = new Set<Closable>()
  readonly #closing = new AbortController()
  #keyring: Promise<Keyring | undefined> | undefined

  constructor(etcd: EtcdClient, options: ConfigOptions = {}) {
    checkOptions('Config', options, configOptionKinds)
    const { clock = systemClock, ttlSeconds, onNotice = warnAs(etcd.identity.process) } = options
    this.#etcd = etcd
    this.#clock = clock
    this.#options = { ...options }
    this.#onNotice = onNotice
    const own = ttlSeconds === undefined ? undefined : etcd.presence({ ttlSeconds })
    const presence = (): Presence => own ?? etcd.presence()
    this.#confirmations = new Confirmations({ etcd, clock, presence, onDenied: onNotice })
  }

  /** The text at a path, exactly as it was written. Fails with `invalid-document` when it is not UTF-8. */
  async get(path: string, options?: CallOptions): Promise<string | undefined> {
    const bytes = await this.getBytes(path, options)
    return bytes && documentText(path, bytes)
  }

  /** The bytes at a path. */
  async getBytes(path: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    this.#checkOpen()
    return (await this.#etcd.kv.get(configKey(path), options))?.bytes
  }

  /** The value at a path parsed as JSON, for the caller to check. Fails with `invalid-document` when it is not JSON. */
  async getJson(path: string, options?: CallOptions): Promise<unknown> {
    const text = await this.get(path, options)
    if (text === undefined) return undefined
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new WaypostError('invalid-document', `${path} is not JSON.`, { cause, details: { path } })
    }
  }

  /** Follows one path, or all paths that start with a prefix. It begins at once, not when it is first iterated. */
  watch(what: string | { readonly prefix: string }, options: ConfigWatchOptions = {}): ConfigWatch {
    this.#checkOpen()
    checkOptions('config.watch', options, watchOptionKinds)
    const { signal, timeoutMs, initial = false } = options
    throwIfAborted(signal)
    const range = typeof what === 'string' ? { key: configKey(what) } : { prefix: configRange(what.prefix) }
    const watch: ConfigWatch = new ConfigWatch(this.#etcd.cache(range, { timeoutMs }), initial, () => {
      release()
      this.#open.delete(watch)
    })
    const release = onAbort(signal, () => signal && watch.abort(signal))
    this.#open.add(watch)
    return watch
  }

  /**
   * Loads an application's documents, merged from general to specific, and keeps them up to date:
   * the imports, `<app>/application.*`, `<app>/<profile>/application.*`, and what these import or extend themselves.
   * The schema is of any library that implements Standard Schema.
   *
   * Fails with `not-found` when no document or not every import exists, with `invalid-document`, naming path, line and
   * column, when one does not parse or the whole does not fit the schema, and as the client does when the store is away;
   * with `snapshotDir` it starts with the last good configuration instead, as soon as there is one.
   */
  load<T>(options: LoadOptions & { readonly schema: StandardSchema<unknown, T> }): Promise<LiveConfig<DeepReadonly<T>>>
  load(options: LoadOptions & { readonly schema?: undefined }): Promise<LiveConfig<ConfigObject>>
  load<T>(
    options: LoadOptions & { readonly schema?: StandardSchema<unknown, T> | undefined },
  ): Promise<LiveConfig<DeepReadonly<T>> | LiveConfig<ConfigObject>> {
    checkOptions('config.load', options, loadCallKinds)
    return options.schema ? this.#load(options, frozenOutput(options.schema)) : this.#load(options, anything)
  }

  /**
   * What the configuration of any application, profile and instance is now, without being one. Variables of its
   * environment and secrets are not known here: they are listed in `unresolved`. Fails as `load` does.
   */
  async effective(target: EffectiveOptions): Promise<EffectiveConfig> {
    this.#checkOpen()
    checkOptions('config.effective', target, effectiveOptionKinds)
    return readEffective(this.#etcd, this.#clock, target)
  }

  async #load<T>(loadOptions: LoadOptions, schema: StandardSchema<unknown, T>): Promise<LiveConfig<T>> {
    this.#checkOpen()
    throwIfAborted(loadOptions.signal)
    const { instance, zone, labels, version, snapshotDir, snapshotAfterMs, confirm } = this.#options
    const options = {
      ...withoutUndefined({ instance, zone, labels, version, snapshotDir, snapshotAfterMs, confirm }),
      ...withoutUndefined(loadOptions),
    }
    const identity = resolveIdentity(options, this.#etcd.identity.instance)
    const { signal } = loadOptions
    const live: LiveConfig<T> = await loadConfig(
      { ...options, signal: signal ? anySignal([signal, this.#closing.signal]) : this.#closing.signal },
      {
        etcd: this.#etcd,
        clock: this.#clock,
        schema,
        identity,
        keyring: options.keyring ? rememberingKeyring(options.keyring) : await this.#defaultKeyring(),
        confirmations: options.confirm === false ? undefined : this.#confirmations,
        onNotice: this.#onNotice,
        onClose: () => this.#open.delete(live),
      },
    ).catch((error: unknown) => {
      this.#checkOpen()
      throw error
    })
    if (this.#closing.signal.aborted) await live.close()
    this.#checkOpen()
    this.#open.add(live)
    return live
  }

  #defaultKeyring(): Promise<Keyring | undefined> {
    this.#keyring ??= Promise.resolve(this.#options.keyring ?? environmentKeyring()).then(
      (keyring) => keyring && rememberingKeyring(keyring),
    )
    return this.#keyring
  }

  /** What is loaded at this moment, for metrics. */
  get gauges(): ConfigGauges {
    const lives = [...this.#open].filter((item) => item instanceof LiveConfig)
    return {
      loaded: lives.length,
      rejected: lives.filter(({ problems }) => problems.length > 0).length,
      stale: lives.filter(({ staleSince }) => staleSince !== undefined).length,
    }
  }

  /** Ends everything that was loaded or is watched here. Idempotent. The client stays open. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#open].map((item) => item.close()))
    await this.#confirmations.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new WaypostError('closed', 'The configuration has been closed.')
  }
}

/** With the process that says it: several may write to one log. */
function warnAs(name: string): (message: string) => void {
  return (message) => process.emitWarning(`${name}: ${message}`, { type: 'WaypostWarning' })
}

/** Configurations at one moment. */
export interface ConfigGauges {
  readonly loaded: number
  /** Those whose newest documents were rejected: the last good ones are in force. */
  readonly rejected: number
  /** Those that do not follow the store at present. */
  readonly stale: number
}

/** What is not given does not hide a default. */
function withoutUndefined<T extends object>(options: T): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as T
}

/** What a schema gives is frozen before anybody sees it, so its type may say so. */
function frozenOutput<T>(schema: StandardSchema<unknown, T>): StandardSchema<unknown, DeepReadonly<T>> {
  return schema as StandardSchema<unknown, DeepReadonly<T>>
}
