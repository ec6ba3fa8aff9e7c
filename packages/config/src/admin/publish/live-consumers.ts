import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { type ConsumerRecord, parseConsumer } from '../../records/consumer.ts'
import { checksumOf } from '../../records/content.ts'
import { recordFolders } from '../../records/keys.ts'

/** A live process, and which others are like it. */
export interface LiveConsumer extends ConsumerRecord {
  /** The same for processes that read the same documents, but for canaries. */
  readonly target: string
  /** The same for processes of one version and schema. */
  readonly kind: string
}

interface Known {
  readonly modRevision: bigint
  readonly consumer: LiveConsumer | undefined
}

/**
 * What live processes say of themselves. Read from the store each time; a record that has not changed since is not
 * parsed again, for as long as it is there.
 */
export class LiveConsumers {
  readonly #etcd: EtcdClient
  #known: ReadonlyMap<string, Known> = new Map()

  constructor(etcd: EtcdClient) {
    this.#etcd = etcd
  }

  /** All of them as of one revision. A damaged record is nobody's. */
  async read(deadline: Deadline): Promise<{ readonly consumers: readonly LiveConsumer[]; readonly revision: bigint }> {
    const next = new Map<string, Known>()
    /** By kind: hundreds of processes have one schema, which is kept once. */
    const schemas = new Map<string, ConsumerRecord['schema']>()
    const consumers: LiveConsumer[] = []
    let revision = 0n
    for await (const page of this.#etcd.kv.list({ prefix: recordFolders.consumers }, deadline.call()).pages()) {
      revision = page.revision
      for (const { key, bytes, modRevision } of page.kvs) {
        const before = this.#known.get(key)
        const known = before?.modRevision === modRevision ? before : { modRevision, consumer: parse(bytes, schemas) }
        next.set(key, known)
        const { consumer } = known
        if (consumer === undefined) continue
        consumers.push(consumer)
        if (!schemas.has(consumer.kind)) schemas.set(consumer.kind, consumer.schema)
      }
    }
    this.#known = next
    return { consumers, revision }
  }
}

function parse(bytes: Uint8Array, schemas: ReadonlyMap<string, ConsumerRecord['schema']>): LiveConsumer | undefined {
  const { record } = parseConsumer(bytes)
  if (record === undefined) return undefined
  const { app, profile, imports, extends: bases, importsOnly, version, schema } = record
  const target = JSON.stringify([app, profile, imports, bases, importsOnly])
  const kind = checksumOf(Buffer.from(JSON.stringify([version, schema])))
  return { ...record, schema: schemas.get(kind) ?? schema, target, kind }
}
