import type { EtcdClient, KeyValue } from '@waypost/client'
import { type CallOptions, WaypostError } from '@waypost/core'
import { configPrefix } from '../config-path.ts'
import { rangeOf, type Slot } from '../layers/slot.ts'
import type { DocumentLookUp } from '../layers/walk.ts'
import { type CanariesRecord, parseCanaries } from '../records/canary.ts'
import { parseHead } from '../records/head.ts'
import { recordFolders } from '../records/keys.ts'

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
