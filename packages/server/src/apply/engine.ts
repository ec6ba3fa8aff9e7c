import { randomBytes } from 'node:crypto'
import { atOnce, messageOf, Slices, systemClock } from '@waypost/core'
import {
  type AlarmRequest,
  AlarmRequest_AlarmAction,
  AlarmType,
  type CompactionRequest,
  type RangeRequest,
  type TxnRequest,
} from '@waypost/protocol'
import { AuthStore } from '../auth/auth-store.ts'
import { EngineError } from '../engine-error.ts'
import type { LeaseView } from '../lease/lease-view.ts'
import { Lessor } from '../lease/lessor.ts'
import type { AppliedBatch, HistoryOptions, HistorySlice } from '../mvcc/event.ts'
import { history } from '../mvcc/history.ts'
import type { KvHash } from '../mvcc/kv-hasher.ts'
import { isLong, type LongRange, longRange } from '../mvcc/long-range.ts'
import { MvccStore } from '../mvcc/store.ts'
import { WriteTxn } from '../mvcc/write-txn.ts'
import { DamagedTreeError } from '../storage/damaged-tree-error.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageBackend, WriteAheadLog } from '../storage/storage-backend.ts'
import { collectYoungObjects } from '../young-objects.ts'
import { type AlarmRecord, Alarms } from './alarms.ts'
import { Applier } from './applier.ts'
import { AutoCompactor } from './auto-compactor.ts'
import type { CommandKind, CommandRequest, CommandResult } from './command.ts'
import { decodeCommand } from './command-codec.ts'
import { Compactor } from './compactor.ts'
import type { ApplyContext } from './context.ts'
import type { EngineOptions } from './engine-options.ts'
import { alarmEntryPrefix, authEntryPrefix } from './entry-prefixes.ts'
import { type Identity, loadIdentity } from './identity.ts'
import { isLongTxn } from './long-command.ts'
import { Proposer } from './proposer.ts'
import { Quota } from './quota.ts'
import { ResponseEncoder } from './response-encoder.ts'
import type { AlarmResult, CompactionResult, RangeResult, TxnResult } from './results.ts'
import { StoreReader } from './store-reader.ts'
import { applyTxn, isReadOnly } from './txn.ts'

/**
 * The state machine behind the network edge. Whatever it shows, by a range, an event or an answer, is durable.
 * Requests are expected to be well formed: what can be said without knowing the state is checked before.
 */
export class Engine {
  readonly #identity: Identity
  readonly #storage: Storage
  readonly #store: MvccStore
  readonly #lessor: Lessor
  readonly #applier: Applier
  readonly #compactor: Compactor
  readonly #reader: StoreReader
  readonly #listeners = new Set<(batch: AppliedBatch) => void>()
  readonly #onWarning: (message: string) => void
  readonly #backend: StorageBackend
  readonly #alarms = new Alarms()
  readonly auth = new AuthStore()
  readonly quota: Quota
  /** Commands of the log that had not been in the tree at the start. */
  replayedCommands = 0
  readonly responses: ResponseEncoder
  /** Where all long work waits for its turn. */
  readonly slices: Slices
  /** In memory there is no log in which commands wait: a command that is applied in slices. */
  #applying: Promise<void> | undefined
  #proposer: Proposer | undefined
  readonly #options: EngineOptions
  #autoCompactor: AutoCompactor | undefined
  #raftIndex: number
  #isDefective = false
  #closing: Promise<void> | undefined

  private constructor(backend: StorageBackend, options: EngineOptions, slices: Slices) {
    const { storage } = backend
    this.#backend = backend
    this.#storage = storage
    this.#options = options
    this.#onWarning = options.onWarning ?? (() => {})
    this.#identity = loadIdentity(storage)
    this.slices = slices
    this.responses = new ResponseEncoder(this.#identity)
    this.#raftIndex = storage.recovered?.appliedIndex ?? 0
    this.#lessor = new Lessor(options.clock ?? systemClock, storage.leases())
    this.#store = new MvccStore(storage, this.#lessor)
    for (const [name, value] of storage.entries(authEntryPrefix))
      this.auth.load(name.slice(authEntryPrefix.length), value)
    for (const [, value] of storage.entries(alarmEntryPrefix)) this.#alarms.load(value)
    this.quota = new Quota(options.quotaBytes, storage, () => this.#raiseNoSpace())
    const context = this.#context()
    this.#applier = new Applier(context, (batch) => this.#announce(batch))
    this.#compactor = new Compactor({
      store: this.#store,
      slices: this.slices,
      checkpoint: () => this.#checkpoint(),
      onWarning: this.#onWarning,
    })
    this.#reader = new StoreReader({
      store: this.#store,
      slices: this.slices,
      compactor: this.#compactor,
      appliedIndex: () => this.#raftIndex,
      clock: options.clock ?? systemClock,
    })
  }

  /** Throws `WaypostError` with one of the codes `data-dir-*` when the data directory cannot be used. */
  static async open(options: EngineOptions): Promise<Engine> {
    const { slices = new Slices({ before: collectYoungObjects }) } = options
    const whole = { ...options, slices }
    try {
      return await Engine.#open(whole, await options.backend(whole), slices)
    } catch (error) {
      if (!(error instanceof DamagedTreeError)) throw error
      return Engine.#open(whole, await options.backend({ ...whole, isSuspect: true }), slices)
    }
  }

  static async #open(options: EngineOptions, backend: StorageBackend, slices: Slices): Promise<Engine> {
    try {
      const isNew = backend.storage.recovered === undefined
      const engine = new Engine(backend, options, slices)
      await backend.storage.loaded?.()
      engine.#checkpoint()
      const log = await backend.openLog?.({
        replay: (_index, bytes) => decodeCommand(bytes, (kind, request) => engine.#replay(kind, request)),
        onSync: options.onLogSync,
      })
      if (isNew) await backend.storage.flush()
      await backend.finish()
      if (log !== undefined) engine.#attach(log)
      engine.#start()
      return engine
    } catch (error) {
      await backend.close()
      throw error
    }
  }

  /** Made at the first start and kept. */
  get clusterId(): bigint {
    return this.#identity.clusterId
  }

  get memberId(): bigint {
    return this.#identity.memberId
  }

  /** Rises with every start. */
  get raftTerm(): number {
    return this.#identity.raftTerm
  }

  /** The index of the last command that was applied. */
  get raftIndex(): number {
    return this.#raftIndex
  }

  /** The current revision: 1 in a fresh store. */
  get revision(): number {
    return this.#store.revision
  }

  /** −1 when the store was never compacted. */
  get compactRevision(): number {
    return this.#store.compactRevision
  }

  get leases(): LeaseView {
    return this.#lessor
  }

  /** Bytes on disk (or in memory), and how many of them hold data. */
  get size(): { readonly bytes: number; readonly inUseBytes: number } {
    return this.#storage.size
  }

  /** Those that are raised. */
  /** Leases that have expired since the start. */
  get expiredLeases(): number {
    return this.#lessor.expired
  }

  get alarms(): AlarmRecord[] {
    return this.#alarms.list(0)
  }

  /** False once the log could not be written, until it can be again. */
  get takesWrites(): boolean {
    return this.#closing === undefined && (this.#proposer?.takesWrites ?? true)
  }

  /** For a range that is known to be short. Throws `EngineError` with `compacted` or `futureRevision`. */
  range(request: RangeRequest): RangeResult {
    return this.#store.range(request)
  }

  /** Whether a range is to be answered by `longRange`, so as not to stand in the way of others. */
  isLongRange(request: RangeRequest): boolean {
    return isLong(this.#store, request, this.slices.keysAtOnce)
  }

  /**
   * A range of any length as of now, its messages read as they are asked for. No compaction is carried out before it
   * is released, which the caller does exactly once. Rejects with `EngineError`: `compacted`, `futureRevision`.
   */
  async longRange(request: RangeRequest): Promise<{ readonly result: LongRange; readonly release: () => void }> {
    const { check, release } = this.#compactor.hold()
    try {
      return { result: await longRange(this.#store, request, this.slices, check), release }
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Resolves when the command is durable and applied. Transactions that only read are answered without a write.
   * Rejects with `EngineError`: with `noSpace` nothing was written (beyond the quota the alarm is
   * raised first); with `timeout` the outcome is unknown; with `stopped` the engine is closed or takes no writes any more.
   */
  propose<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandResult<K>> {
    if (this.#closing !== undefined) return Promise.reject(new EngineError('stopped'))
    return this.quota.refusalOf(kind, request) ?? this.#proposals[kind](request)
  }

  /** Calls the listener once for each applied revision, in order, before its proposer hears of it. */
  onApplied(listener: (batch: AppliedBatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Past revisions, a bounded step at a time, with places at which the work can be interrupted. Throws `EngineError` with
   * `compacted` when `from` is compacted.
   */
  history(options: HistoryOptions): Generator<void, HistorySlice> {
    return history(this.#store, options)
  }

  /** The marshalled value that `key` had before `revision`; undefined when it had none or that is compacted. */
  previous(key: string, revision: number): Uint8Array | undefined {
    return this.#store.valueAt(key, revision - 1)
  }

  /**
   * The hash of the keys at `revision`, 0 for the current one: see `KvHasher`. Rejects with `EngineError`:
   * `compacted`, `futureRevision`.
   */
  hashKv(revision: number): Promise<KvHash> {
    return this.#reader.hashKv(revision)
  }

  /** The hash of everything that is stored. Equal hashes mean equal stores; two members of a cluster differ anyway. */
  hash(): Promise<number> {
    return this.#reader.hash()
  }

  /** Writes the whole store as it is now to a new file, as a database of etcd; returns its length in bytes. */
  writeSnapshot(path: string): Promise<number> {
    return this.#reader.writeSnapshot(path)
  }

  /**
   * Returns disk space that deleted data has left. Reads and writes continue. Rejects with `EngineError`:
   * `noSpace` when there was no room for a copy of the data, and then everything is as before.
   */
  async defragment(): Promise<void> {
    if (this.#closing !== undefined) throw new EngineError('stopped')
    try {
      await this.#backend.defragment()
    } catch (error) {
      this.#onWarning(`The data could not be defragmented: ${messageOf(error)}`)
      throw new EngineError('noSpace', { cause: error })
    }
  }

  /** Lets the commands that wait become durable, refuses new ones with `stopped`, and releases the data. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#lessor.stop()
    this.#autoCompactor?.close()
    await this.#proposer?.close()
    await this.#reader.close()
    await this.#compactor.close()
    await this.#backend.close()
  }

  readonly #proposals: { [K in CommandKind]: (request: CommandRequest<K>) => Promise<CommandResult<K>> } = {
    put: (request) => this.#submit('put', request),
    deleteRange: (request) => this.#submit('deleteRange', request),
    txn: (request) => (isReadOnly(request) ? this.#read(request) : this.#submit('txn', request)),
    compact: (request) => this.#compact(request),
    leaseGrant: (request) =>
      this.#submit('leaseGrant', request.id === 0n ? { ...request, id: this.#newLeaseId() } : request),
    leaseRevoke: (request) => this.#submit('leaseRevoke', request),
    auth: (request) => this.#submit('auth', request),
    alarm: (request) => this.#alarm(request),
  }

  #submit<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandResult<K>> {
    if (this.#proposer !== undefined) return this.#proposer.propose(kind, request)
    if (this.#applying !== undefined) return this.#applying.then(() => this.#submit(kind, request))
    try {
      const result = this.#apply(kind, request)
      if (!(result instanceof Promise)) return Promise.resolve(result)
      this.#applying = result
        .catch(() => {})
        .then(() => {
          this.#applying = undefined
          this.#checkpoint()
        })
      return result
    } catch (error) {
      return Promise.reject(error)
    } finally {
      if (this.#applying === undefined) this.#checkpoint()
    }
  }

  async #read(request: TxnRequest): Promise<TxnResult> {
    const context = this.#context()
    if (!isLongTxn(context, request)) return atOnce(applyTxn(context, new WriteTxn(this.#store), request))
    const txn = new WriteTxn(this.#store, 'in-slices')
    return this.#compactor.whileHeld((check) => this.slices.run(applyTxn(context, txn, request), check))
  }

  #context(): ApplyContext {
    return { store: this.#store, lessor: this.#lessor, auth: this.auth, alarms: this.#alarms, slices: this.slices }
  }

  /** Asking which alarms are raised is no command. */
  async #alarm(request: AlarmRequest): Promise<AlarmResult> {
    if (request.action !== AlarmRequest_AlarmAction.GET) return this.#submit('alarm', request)
    return { revision: this.#store.revision, alarms: this.#alarms.list(request.alarm) }
  }

  async #raiseNoSpace(): Promise<void> {
    const memberId = this.memberId
    if (this.#alarms.has(memberId, AlarmType.NOSPACE)) return
    await this.propose('alarm', {
      action: AlarmRequest_AlarmAction.ACTIVATE,
      memberId,
      alarm: AlarmType.NOSPACE,
    })
    this.#onWarning(
      `The store holds more than its quota of ${this.quota.bytes} bytes, so puts are refused. Free space: compact, ` +
        'defragment, then disarm the alarm.',
    )
  }

  async #compact(request: CompactionRequest): Promise<CompactionResult> {
    const result = await this.#submit('compact', request)
    if (request.physical) await this.#compactor.done(Number(request.revision))
    else this.#compactor.start()
    return result
  }

  #newLeaseId(): bigint {
    for (;;) {
      const id = BigInt.asUintN(63, randomBytes(8).readBigUInt64BE())
      if (id !== 0n && !this.#lessor.has(id)) return id
    }
  }

  #apply<K extends CommandKind>(kind: K, request: CommandRequest<K>): CommandResult<K> | Promise<CommandResult<K>> {
    const work = this.#applier.inSlices(kind, request)
    if (work !== undefined) return this.#applyInSlices(work)
    this.#raftIndex += 1
    return this.#applier.apply(kind, request)
  }

  /** The command counts as applied once all of it is. */
  async #applyInSlices<R>(work: Generator<void, R>): Promise<R> {
    try {
      return await this.#compactor.whileHeld(() => this.slices.run(work))
    } finally {
      this.#raftIndex += 1
    }
  }

  /** A command that was refused when it was new is refused again. */
  #replay<K extends CommandKind>(kind: K, request: CommandRequest<K>): void {
    this.#raftIndex += 1
    this.replayedCommands += 1
    try {
      this.#applier.apply(kind, request)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
    this.#checkpoint()
  }

  #attach(log: WriteAheadLog): void {
    this.#storage.onDurable(() => log.dropThrough(this.#storage.durableIndex))
    this.#proposer = new Proposer({
      log,
      apply: (kind, request) => this.#apply(kind, request),
      turn: () => this.slices.turn(),
      onBatchApplied: () => this.#checkpoint(),
      room: () => this.#storage.room(),
      onDefect: (error) => {
        this.#isDefective = true
        this.#onWarning(`A bug: a command could not be applied, and writes have stopped. ${messageOf(error)}`)
      },
      onWarning: this.#onWarning,
    })
  }

  #start(): void {
    this.#compactor.start()
    const { autoCompaction: policy, clock = systemClock } = this.#options
    if (policy !== undefined)
      this.#autoCompactor = new AutoCompactor({
        policy,
        clock,
        revision: () => this.revision,
        compact: (revision) => this.propose('compact', { revision: BigInt(revision), physical: false }),
        onWarning: this.#onWarning,
      })
    this.#lessor.start((id) => this.propose('leaseRevoke', { id }))
  }

  #checkpoint(): void {
    if (this.#isDefective) return
    this.#storage.checkpoint({ appliedIndex: this.#raftIndex, revision: this.#store.revision })
  }

  #announce(batch: AppliedBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(batch)
      } catch (error) {
        this.#onWarning(`A listener of revision ${batch.revision} failed: ${messageOf(error)}`)
      }
    }
  }
}
