import { closeSync, openSync } from 'node:fs'
import type { Clock, Slices } from '@waypost/core'
import { BoltWriter } from '../bolt/bolt-writer.ts'
import { hashScope, keptRevisions } from '../mvcc/hash-kv.ts'
import { type KvHash, KvHasher } from '../mvcc/kv-hasher.ts'
import { visitRevisions } from '../mvcc/revision-slices.ts'
import type { MvccStore } from '../mvcc/store.ts'
import type { Meta } from '../storage/lmdb-format.ts'
import type { Checkpoint, RevisionVisitor } from '../storage/storage.ts'
import { TaskThreads } from '../task-threads.ts'
import { type BucketSink, fillSink, HashSink } from './bucket-sink.ts'
import type { Compactor } from './compactor.ts'
import { etcdBuckets } from './etcd-buckets.ts'

/** What the thread that reads a store is told. */
export type StoreTask = { readonly file: StoreFile } & (
  | { readonly kind: 'hash-kv'; readonly scope: Omit<KvHash, 'hash'>; readonly kept: Float64Array }
  | { readonly kind: 'hash' }
  | { readonly kind: 'snapshot'; readonly path: string }
)

export interface StoreFile {
  readonly treePath: string
  readonly meta: Meta
  readonly at: Checkpoint
}

export interface StoreReaderOptions {
  readonly store: MvccStore
  readonly slices: Slices
  readonly compactor: Compactor
  /** The last command that was applied. */
  readonly appliedIndex: () => number
  readonly clock: Clock
}

/**
 * Reads all of a store: from its file in a thread of its own, or, where there is none, in slices. Writes go on
 * meanwhile; compactions wait.
 */
export class StoreReader {
  readonly #options: StoreReaderOptions

  readonly #threads: TaskThreads<StoreTask, number>

  constructor(options: StoreReaderOptions) {
    this.#options = options
    this.#threads = new TaskThreads('./store-worker.js', import.meta.url, options.clock)
  }

  /** What is under way is rejected with `stopped`. */
  close(): Promise<void> {
    return this.#threads.close()
  }

  /** Rejects with `EngineError`: `compacted`, `futureRevision`, `corrupt`, `stopped`. */
  hashKv(revision: number): Promise<KvHash> {
    const { store, slices, compactor } = this.#options
    return compactor.whileHeld(async (check) => {
      const scope = hashScope(store, revision)
      const kept = await slices.run(keptRevisions(store, scope), check)
      const hash = await this.#read({ kind: 'hash-kv', scope, kept }, async () => {
        const hasher = new KvHasher(scope, kept)
        await this.#visitKeys(scope.hashRevision, check)(hasher.visit)
        return hasher.value
      })
      return { ...scope, hash }
    })
  }

  /** The hash of everything that is stored. Rejects with `EngineError`: `corrupt`, `stopped`. */
  hash(): Promise<number> {
    return this.#options.compactor.whileHeld((check) =>
      this.#read({ kind: 'hash' }, async () => {
        const sink = new HashSink()
        await this.#fill(sink, check)
        return sink.value
      }),
    )
  }

  /** Writes everything to a new file as a database of etcd; returns its length in bytes. Rejects like `hash`. */
  writeSnapshot(path: string): Promise<number> {
    return this.#options.compactor.whileHeld((check) =>
      this.#read({ kind: 'snapshot', path }, async () => {
        const fd = openSync(path, 'wx', 0o600)
        try {
          const writer = new BoltWriter(fd)
          await this.#fill(writer, check)
          return writer.finish()
        } finally {
          closeSync(fd)
        }
      }),
    )
  }

  async #read(task: TaskWithoutFile, otherwise: () => Promise<number>): Promise<number> {
    const { storage } = this.#options.store
    if (storage.pinFile === undefined) return otherwise()
    this.#threads.prepare()
    const file = await storage.pinFile()
    if (file === undefined) return otherwise()
    const { treePath, meta, at } = file
    try {
      return await this.#threads.run({ ...task, file: { treePath, meta, at } })
    } finally {
      file.release()
    }
  }

  #fill(sink: BucketSink, check: () => void): Promise<void> {
    const { store, appliedIndex } = this.#options
    const buckets = etcdBuckets(store.storage, appliedIndex())
    return fillSink(sink, buckets, this.#visitKeys(store.revision, check))
  }

  #visitKeys(to: number, check: () => void): (visit: RevisionVisitor) => Promise<void> {
    const { store, slices } = this.#options
    return (visit) => visitRevisions(store.storage, { from: 1, to }, slices, check, visit)
  }
}

type TaskWithoutFile = StoreTask extends infer Task ? (Task extends unknown ? Omit<Task, 'file'> : never) : never
