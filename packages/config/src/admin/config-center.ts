import type { EtcdClient } from '@waypost/client'
import { type CallOptions, systemClock } from '@waypost/core'
import {
  checkOptions,
  checkOptionsIfGiven,
  functionKind,
  type OptionKinds,
  optionsKind,
  recordOf,
} from '@waypost/core/options'
import {
  Config,
  type ConfigGauges,
  type ConfigOptions,
  type ConfigWatchOptions,
  configOptionKinds,
  loadCallKinds,
} from '../config.ts'
import type { ConfigObject } from '../config-value.ts'
import type { ConfigWatch } from '../config-watch.ts'
import type { DeepReadonly } from '../deep-readonly.ts'
import type { EffectiveConfig, EffectiveOptions } from '../live/effective-config.ts'
import type { LiveConfig } from '../live/live-config.ts'
import type { LoadOptions } from '../live/load-config.ts'
import type { StandardSchema } from '../validation/standard-schema.ts'
import { AccessControl } from './access/access-control.ts'
import { Audit } from './audit/audit.ts'
import { Canaries } from './canaries/canaries.ts'
import { Consumers } from './consumers/consumers.ts'
import { Drafts } from './drafts/drafts.ts'
import { defaultRetention, type Retention, retentionKinds } from './history/prune.ts'
import { Documents } from './move/documents.ts'
import { Policies } from './policies/policies.ts'
import { LiveConsumers } from './publish/live-consumers.ts'
import { type PublishedRelease, type PublishOptions, publishOptionKinds } from './publish/publish-options.ts'
import { Publisher } from './publish/publisher.ts'
import { Releases } from './releases/releases.ts'
import { type DocumentCheck, DocumentChecks } from './schemas/document-checks.ts'
import { StoredSchemas } from './schemas/stored-schemas.ts'

export interface ConfigCenterOptions extends ConfigOptions {
  /** How much history a publisher keeps. Default: the latest 100 releases of each document. */
  readonly retention?: Partial<Retention> | undefined
  /**
   * Checks for what JSON Schema cannot say, by the names under which stored schemas ask for them (`x-waypost-check`).
   * A document whose schema asks for a check that is not here is refused. Default none.
   */
  readonly checks?: Readonly<Record<string, DocumentCheck>> | undefined
}

const configCenterOptionKinds: OptionKinds<ConfigCenterOptions> = {
  ...configOptionKinds,
  retention: optionsKind(retentionKinds),
  checks: recordOf(functionKind<DocumentCheck>()),
}

/**
 * All of the configuration: what applications load (as `Config` does), and what people and pipelines administer,
 * one part for each concern.
 */
export class ConfigCenter {
  readonly #config: Config
  readonly #publisher: Publisher
  /** Makes releases and reads them: publish, roll back, history, differences. */
  readonly releases: Releases
  /** The documents themselves: list, search, export, import, and raw reads and writes below releases. */
  readonly documents: Documents
  /** Changes that wait for approval. */
  readonly drafts: Drafts
  /** Documents that some instances get before all do. */
  readonly canaries: Canaries
  /** Which documents need approval before they are released. */
  readonly policies: Policies
  /** The JSON Schemas that documents must fit before they are released. */
  readonly schemas: StoredSchemas
  /** The live processes that use documents, and which release each of them runs. */
  readonly consumers: Consumers
  /** Who did what, and when. */
  readonly audit: Audit
  /** Who may do what. */
  readonly access: AccessControl

  constructor(etcd: EtcdClient, options: ConfigCenterOptions = {}) {
    checkOptions('ConfigCenter', options, configCenterOptionKinds)
    const { clock = systemClock, retention, checks, ...own } = options
    this.#config = new Config(etcd, { ...own, clock })
    const named = new DocumentChecks(checks)
    this.#publisher = new Publisher({
      etcd,
      checks: named,
      clock,
      retention: { ...defaultRetention, ...retention },
      consumers: new LiveConsumers(etcd),
      followers: new Set(),
    })
    this.releases = new Releases(this.#publisher)
    this.documents = new Documents(this.#publisher)
    this.drafts = new Drafts(this.#publisher)
    this.canaries = new Canaries(this.#publisher)
    this.policies = new Policies(etcd, clock)
    this.schemas = new StoredSchemas(etcd, clock, named)
    this.consumers = new Consumers(etcd, clock)
    this.audit = new Audit(etcd, clock)
    this.access = new AccessControl(etcd, clock)
  }

  /**
   * Loads an application's documents, and keeps them up to date. See `Config.load`.
   *
   * @example
   * ```ts
   * await waypost.config.set('example/application.yaml', 'timeout: 30')
   * const live = await waypost.config.load({ app: 'example' })
   * console.log(live.current.timeout) // 30
   * await live.close()
   * ```
   */
  load<T>(options: LoadOptions & { readonly schema: StandardSchema<unknown, T> }): Promise<LiveConfig<DeepReadonly<T>>>
  load(options: LoadOptions & { readonly schema?: undefined }): Promise<LiveConfig<ConfigObject>>
  load<T>(
    options: LoadOptions & { readonly schema?: StandardSchema<unknown, T> | undefined },
  ): Promise<LiveConfig<DeepReadonly<T>> | LiveConfig<ConfigObject>> {
    checkOptions('config.load', options, loadCallKinds)
    const { schema } = options
    return schema ? this.#config.load({ ...options, schema }) : this.#config.load({ ...options, schema: undefined })
  }

  /** The configuration of any application, profile and instance. See `Config.effective`. */
  effective(target: EffectiveOptions): Promise<EffectiveConfig> {
    return this.#config.effective(target)
  }

  /** The text at a path, exactly as it was written. See `Config.get`. */
  get(path: string, options?: CallOptions): Promise<string | undefined> {
    return this.#config.get(path, options)
  }

  /** The bytes at a path. */
  getBytes(path: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    return this.#config.getBytes(path, options)
  }

  /** The value at a path parsed as JSON. See `Config.getJson`. */
  getJson(path: string, options?: CallOptions): Promise<unknown> {
    return this.#config.getJson(path, options)
  }

  /**
   * Sets what is at a path: a release, as `releases.publish` makes it, checked, recorded, and kept in the history.
   *
   * @example
   * ```ts
   * const { release } = await waypost.config.set('example/greeting', 'hello', { author: 'mei' })
   * console.log(release) // 1
   * console.log(await waypost.config.get('example/greeting')) // hello
   * ```
   */
  set(path: string, content: string | Uint8Array, options?: PublishOptions): Promise<PublishedRelease> {
    checkOptionsIfGiven('config.set', options, publishOptionKinds)
    return this.releases.publish(path, content, { ...options, dryRun: false })
  }

  /** Deletes what is at a path by a release, as `releases.unpublish` makes it. `unchanged` when there is nothing. */
  delete(path: string, options?: PublishOptions): Promise<PublishedRelease> {
    checkOptionsIfGiven('config.delete', options, publishOptionKinds)
    return this.releases.unpublish(path, { ...options, dryRun: false })
  }

  /**
   * Follows one path, or all paths that start with a prefix. See `Config.watch`.
   *
   * @example
   * ```ts
   * await waypost.config.set('example/colour', 'green')
   * for await (const { path, value } of waypost.config.watch('example/colour', { initial: true })) {
   *   console.log(path, value) // example/colour green
   *   break
   * }
   * ```
   */
  watch(what: string | { readonly prefix: string }, options?: ConfigWatchOptions): ConfigWatch {
    return this.#config.watch(what, options)
  }

  /** What is loaded at this moment, for metrics. */
  get gauges(): ConfigGauges {
    return this.#config.gauges
  }

  /** Ends everything that was loaded, is watched, guarded or recorded here. Idempotent. The client stays open. */
  async close(): Promise<void> {
    const followers = [...this.#publisher.parts.followers]
    await Promise.all([this.#config.close(), ...followers.map((follower) => follower.close())])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
