import type { EtcdClient, RangeSelector, WatchBatch } from '@waypost/client'
import { Listeners, WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import type { LiveChange, LiveSource } from '../../operation/live-source.ts'
import type { Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf } from '../../operation/schemas.ts'
import { keyFields, keyJson, valueFields, valueJson } from './key-schema.ts'

const event = object({
  type: oneOf(['put', 'delete'], 'What happened to the key.'),
  ...keyFields,
  ...valueFields,
})

const change = object({
  revision: digits('The revision of the changes.'),
  events: Type.Array(event, { description: 'All changes of the revision below the prefix, in order.' }),
})

/** A value in an event is cut to this; `keys.read` has all of it. */
const maxShownBytes = 65_536

export const watchKeys = defineLiveRead({
  id: 'keys.watch',
  path: '/v1/watch',
  tag: 'Keys',
  summary: 'Follow the changes of keys',
  description:
    'As server-sent events: `change` for each revision, in order, without gaps. A reader that reconnects with `Last-Event-ID` ' +
    'gets what it missed; `reset` says that it has been compacted.',
  permission: [{ access: 'read', prefix: '{prefix}' }],
  query: object({ prefix: Type.String({ minLength: 1, maxLength: 8_192, description: 'Which keys.' }) }),
  state: {
    prefix: Type.String(),
    count: Type.Integer({ description: 'How many keys there were when this was read.' }),
  },
  change,
  example: { query: { prefix: '/services/' } },
  async follow({ caller: { etcd }, signal }, { query: { prefix } }) {
    const { count, revision } = await etcd.kv.range({ prefix }, { limit: 1, keysOnly: true, signal })
    return new KeyChanges(etcd, prefix, Number(count), revision)
  },
})

class KeyChanges implements LiveSource {
  readonly staleSince = undefined
  readonly #etcd: EtcdClient
  readonly #prefix: string
  readonly #range: RangeSelector
  readonly #listeners = new Listeners<[LiveChange | 'stale']>()
  readonly #ended = new AbortController()
  #count: number
  #revision: bigint

  constructor(etcd: EtcdClient, prefix: string, count: number, revision: bigint) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.#range = { prefix }
    this.#count = count
    this.#revision = revision
    void this.#follow()
  }

  get revision(): bigint {
    return this.#revision
  }

  read(): object {
    return { prefix: this.#prefix, count: this.#count }
  }

  onChange(listener: (change: LiveChange | 'stale') => void): () => void {
    return this.#listeners.add(listener)
  }

  async *replay(since: bigint, signal: AbortSignal): AsyncGenerator<LiveChange> {
    const { revision } = await this.#etcd.kv.range(this.#range, { limit: 1, keysOnly: true, signal })
    if (since > revision) throw new WaypostError('future-revision', `The store is at revision ${revision} only.`)
    for await (const batch of this.#etcd.watch(this.#range, { startRevision: since + 1n, signal })) {
      yield changeOf(batch)
    }
  }

  async recheck(signal: AbortSignal): Promise<void> {
    this.#count = Number((await this.#etcd.kv.range(this.#range, { limit: 1, keysOnly: true, signal })).count)
  }

  async close(): Promise<void> {
    this.#ended.abort()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ended
    // At most the revisions that a compaction has swallowed are lost, and then a reader that counts sees the gap.
    while (!signal.aborted) {
      try {
        for await (const batch of this.#etcd.watch(this.#range, { startRevision: this.#revision + 1n, signal })) {
          this.#revision = batch.revision
          this.#listeners.tell(changeOf(batch))
        }
        return
      } catch (error) {
        if (signal.aborted || !WaypostError.is(error, 'compacted')) return
        const { compactRevision } = error.details
        if (typeof compactRevision === 'bigint' && compactRevision > this.#revision) this.#revision = compactRevision
      }
    }
  }
}

function changeOf({ revision, events }: WatchBatch): LiveChange & { readonly data: Sendable<Static<typeof change>> } {
  return {
    revision,
    data: {
      revision: String(revision),
      events: events.map(({ type, kv }) => ({
        type,
        ...keyJson(kv),
        ...(type === 'put' ? valueJson(kv.bytes, maxShownBytes) : {}),
      })),
    },
  }
}
