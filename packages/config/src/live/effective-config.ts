import type { EtcdClient, KeyValue } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError } from '@waypost/core'
import { configPrefix } from '../config-path.ts'
import type { ConfigObject } from '../config-value.ts'
import type { JsonPath } from '../documents/json-document.ts'
import type { Variables } from '../identity.ts'
import { Explainer, type Explanation, type KeyPath } from '../layers/explain.ts'
import { type ResolvedConfig, type ResolveTarget, resolveDocuments } from '../layers/resolve.ts'
import { rangeOf, type Slot } from '../layers/slot.ts'
import { checkLayerOptions, type DocumentLookUp, walkLayers } from '../layers/walk.ts'
import { problemsError } from '../problem.ts'
import { type CanariesRecord, parseCanaries } from '../records/canary.ts'
import { parseHead } from '../records/head.ts'
import { recordFolders } from '../records/keys.ts'
import type { LoadedDocument } from './live-config.ts'

/** Whose configuration is asked for. Without an `instance`, no canary is taken. */
export interface EffectiveOptions extends ResolveTarget, CallOptions {
  /** What `${env:NAME}` stands for there. Default: such placeholders stay, and are listed in `unresolved`. */
  readonly env?: Variables | undefined
}

/** What the configuration of some application, profile and instance is, at one revision of the store. */
export class EffectiveConfig {
  /** Merged, placeholders filled, before any schema. Secrets are `[secret]`. */
  readonly value: ConfigObject
  /** From general to specific. */
  readonly documents: readonly LoadedDocument[]
  /** The keys whose value only the process itself can know: variables of its environment, and secrets. */
  readonly unresolved: readonly JsonPath[]
  readonly revision: bigint
  readonly #config: ResolvedConfig

  /** @internal */
  constructor(config: ResolvedConfig, revision: bigint) {
    this.#config = config
    this.value = config.value
    this.unresolved = config.unresolved
    this.revision = revision
    this.documents = config.layers.map((layer) => ({
      path: layer.path,
      layer: layer.kind,
      revision: layer.revision,
      release: layer.release,
      canary: layer.canary,
    }))
  }

  /** Which document, line and release a key comes from; `undefined` for a key that no document sets. */
  explain(keyPath: KeyPath): Explanation | undefined {
    return new Explainer(this.#config).explain(keyPath)
  }

  /** Explains every key that has a value and no keys below it. */
  explainAll(): readonly Explanation[] {
    return new Explainer(this.#config).explainAll()
  }
}

const defaultTimeoutMs = 5_000

/** @internal Reads what is needed at one revision, following imports as they are found. */
export async function readEffective(
  etcd: EtcdClient,
  clock: Clock,
  target: EffectiveOptions,
): Promise<EffectiveConfig> {
  checkLayerOptions(target)
  const { signal, timeoutMs = defaultTimeoutMs, env, instance } = target
  const deadlineMs = clock.monotonicMs() + timeoutMs
  const read = new ReadDocuments(etcd, () => ({ signal, timeoutMs: Math.max(1, deadlineMs - clock.monotonicMs()) }))
  const identity = instance === undefined ? undefined : { ...target, instance }
  for (;;) {
    const { slots } = walkLayers(target, read, identity)
    if (!(await read.add(slots))) break
  }
  const { config, problems } = resolveDocuments(read, target, { env })
  if (problems) throw problemsError(problems)
  return new EffectiveConfig(config, read.revision)
}

/** What has been read of some slots, all as of one revision. */
export class ReadDocuments implements DocumentLookUp {
  readonly #etcd: EtcdClient
  readonly #call: () => CallOptions
  readonly #kvs = new Map<string, KeyValue>()
  readonly #slots = new Set<string>()
  #revision: bigint | undefined

  /** @param revision what is read is of this revision; default: of the one at which the first is read */
  constructor(etcd: EtcdClient, call: () => CallOptions, revision?: bigint) {
    this.#etcd = etcd
    this.#call = call
    this.#revision = revision
  }

  get revision(): bigint {
    return this.#revision ?? 0n
  }

  /** Reads what belongs to the slots that are new. False when none is. */
  async add(slots: readonly Slot[]): Promise<boolean> {
    const news = slots.filter(({ name }) => !this.#slots.has(name))
    const [first, ...others] = news
    if (first === undefined) return false
    // The first answer of all says of which revision the others are.
    const known = this.#revision === undefined ? await this.#read(first, configPrefix) : this.#read(first, configPrefix)
    await Promise.all([
      known,
      ...others.map((slot) => this.#read(slot, configPrefix)),
      ...news.flatMap((slot) =>
        [recordFolders.heads, recordFolders.canaries].map((folder) => this.#readRecords(slot, folder)),
      ),
    ])
    for (const { name } of news) this.#slots.add(name)
    return true
  }

  document(path: string): KeyValue | undefined {
    return this.#kvs.get(configPrefix + path)
  }

  canaries(path: string): CanariesRecord | undefined {
    const kv = this.#kvs.get(recordFolders.canaries + path)
    return kv && parseCanaries(kv.bytes).record
  }

  release(path: string, checksum: string): number | undefined {
    const kv = this.#kvs.get(recordFolders.heads + path)
    const head = kv && parseHead(kv.bytes).record
    return head?.checksum === checksum ? head.release : undefined
  }

  /** Releases are not named and canaries not taken where they may not be read, as in a process that may not. */
  async #readRecords(slot: Slot, folder: string): Promise<void> {
    try {
      await this.#read(slot, folder)
    } catch (error) {
      if (!WaypostError.is(error, 'permission-denied')) throw error
    }
  }

  async #read(slot: Slot, folder: string): Promise<void> {
    const options = { ...this.#call(), revision: this.#revision }
    for await (const page of this.#etcd.kv.list(rangeOf(slot, folder), options).pages()) {
      this.#revision ??= page.revision
      for (const kv of page.kvs) this.#kvs.set(kv.key, kv)
    }
  }
}
