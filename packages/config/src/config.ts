import type { EtcdClient } from '@waypost/client'
import {
  abortable,
  type CallOptions,
  type Clock,
  onAbort,
  systemClock,
  throwIfAborted,
  WaypostError,
} from '@waypost/core'
import { configKey, configRange } from './config-path.ts'
import { type ConfigObject, isConfigObject } from './config-value.ts'
import { ConfigWatch } from './config-watch.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import { decodeText } from './documents/document-format.ts'
import { type LayerOptions, layersOf, rangesOf } from './layers/layers.ts'
import { Resolver } from './layers/resolve.ts'
import { DocumentSource } from './live/document-source.ts'
import { firstInForce, LiveConfig, type LiveConfigParts } from './live/live-config.ts'
import { DocumentPublishing, type DocumentPublishingOptions } from './publish/document-publishing.ts'
import type { StandardSchema } from './schema/standard-schema.ts'

export interface ConfigOptions extends DocumentPublishingOptions {
  /** The source of time; for tests. */
  readonly clock?: Clock | undefined
}

/** `signal` and `timeoutMs` bound the loading. What it gives lives until it is closed. */
export interface LoadOptions extends LayerOptions, CallOptions {}

export interface ConfigWatchOptions {
  /** Ends the watch: the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** Begins with the values that are there already, each as a change. Default false. */
  readonly initial?: boolean | undefined
  /** How long it may take until the watch has begun, in milliseconds. Default: the client's deadline. */
  readonly timeoutMs?: number | undefined
}

interface Closable {
  close(): Promise<void>
}

/** Configuration in an etcd v3 store: plain values, and layered, typed documents that stay up to date. */
export class Config extends DocumentPublishing {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #open = new Set<Closable>()
  #closed = false

  constructor(etcd: EtcdClient, options: ConfigOptions = {}) {
    const { clock = systemClock } = options
    super(etcd, clock, options)
    this.#etcd = etcd
    this.#clock = clock
  }

  /** The text at a path, exactly as it was written. Fails with `invalid-document` when it is not UTF-8. */
  async get(path: string, options?: CallOptions): Promise<string | undefined> {
    const bytes = await this.getBytes(path, options)
    if (bytes === undefined) return undefined
    const text = decodeText(bytes)
    if (text !== undefined) return text
    throw new WaypostError('invalid-document', `${path} is not UTF-8 text; read it with getBytes().`, {
      details: { path },
    })
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

  /** Writes text, as UTF-8, or bytes, as they are. */
  async set(path: string, value: string | Uint8Array, options?: CallOptions): Promise<{ readonly revision: bigint }> {
    this.#checkOpen()
    if (typeof value === 'string' && /\p{Cs}/u.test(value)) {
      throw new WaypostError('invalid-argument', 'The text contains half a surrogate pair, which UTF-8 cannot express.')
    }
    const { revision } = await this.#etcd.kv.put(configKey(path), value, options)
    return { revision }
  }

  /** Deletes a path. The answer is whether it was there. */
  async delete(path: string, options?: CallOptions): Promise<boolean> {
    this.#checkOpen()
    return (await this.#etcd.kv.delete(configKey(path), options)).deleted > 0
  }

  /** Follows one path, or all paths that start with a prefix. It begins at once, not when it is first iterated. */
  watch(what: string | { readonly prefix: string }, options: ConfigWatchOptions = {}): ConfigWatch {
    this.#checkOpen()
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
   * the imports, `<app>/application.{yaml,yml,json}`, `<app>/<profile>/application.{yaml,yml,json}`.
   * The schema is of any library that implements Standard Schema.
   *
   * Fails with `not-found` when no document or not every import exists, with `invalid-document`, naming path, line and
   * column, when one does not parse or the whole does not fit the schema, and as the client does when the store is away.
   */
  load<T>(options: LoadOptions & { readonly schema: StandardSchema<unknown, T> }): Promise<LiveConfig<DeepReadonly<T>>>
  load(options: LoadOptions & { readonly schema?: undefined }): Promise<LiveConfig<ConfigObject>>
  load<T>(
    options: LoadOptions & { readonly schema?: StandardSchema<unknown, T> | undefined },
  ): Promise<LiveConfig<DeepReadonly<T>> | LiveConfig<ConfigObject>> {
    return options.schema ? this.#load(options, frozenOutput(options.schema)) : this.#load(options, anything)
  }

  async #load<T>(options: LoadOptions, schema: StandardSchema<unknown, T>): Promise<LiveConfig<T>> {
    this.#checkOpen()
    throwIfAborted(options.signal)
    const layers = layersOf(options)
    const resolver = new Resolver(layers)
    let live: LiveConfig<T> | undefined
    let changed = false
    const source = new DocumentSource(this.#etcd, rangesOf(options.app, layers), {
      timeoutMs: options.timeoutMs,
      onChange: (paths) => {
        if (!paths.some((path) => resolver.concerns(path))) return
        changed = true
        if (live) void live.refresh()
      },
    })
    this.#open.add(source)
    const parts: LiveConfigParts<T> = {
      source,
      resolver,
      schema,
      clock: this.#clock,
      onClose: () => live && this.#open.delete(live),
    }
    try {
      await abortable(source.ready, options.signal)
      changed = false
      const inForce = await abortable(firstInForce(parts), options.signal)
      this.#checkOpen()
      live = new LiveConfig(parts, inForce)
    } catch (error) {
      await source.close()
      throw error
    } finally {
      this.#open.delete(source)
    }
    this.#open.add(live)
    if (changed) void live.refresh()
    return live
  }

  /** Ends everything that was loaded or is watched here. Idempotent. The client stays open. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#open].map((item) => item.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #checkOpen(): void {
    if (this.#closed) throw new WaypostError('closed', 'The configuration has been closed.')
  }
}

/** What a schema gives is frozen before anybody sees it, so its type may say so. */
function frozenOutput<T>(schema: StandardSchema<unknown, T>): StandardSchema<unknown, DeepReadonly<T>> {
  return schema as StandardSchema<unknown, DeepReadonly<T>>
}

const anything: StandardSchema<unknown, ConfigObject> = {
  '~standard': {
    version: 1,
    vendor: 'waypost',
    validate: (value) => (isConfigObject(value) ? { value } : { issues: [{ message: 'It is not a mapping.' }] }),
  },
}
