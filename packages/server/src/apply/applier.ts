import { atOnce } from '@waypost/core'
import type {
  AlarmRequest,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  TxnRequest,
} from '@waypost/protocol'
import type { AuthCommand } from '../auth/auth-command.ts'
import { EngineError } from '../engine-error.ts'
import type { AppliedBatch } from '../mvcc/event.ts'
import { keysPerStep } from '../mvcc/walk.ts'
import { WriteTxn, type WriteTxnMode } from '../mvcc/write-txn.ts'
import { checkDeleteReadable, checkTxnReadable } from './check-readable.ts'
import type { CommandKind, CommandRequest, CommandResult } from './command.ts'
import type { ApplyContext } from './context.ts'
import { deleteRange } from './delete-range.ts'
import { authEntryPrefix } from './entry-prefixes.ts'
import { isLongDeletion, isLongRevocation, isLongTxn } from './long-command.ts'
import { checkIgnored, checkLease, put } from './put.ts'
import { hasPut } from './quota.ts'
import type {
  AlarmResult,
  AuthResult,
  CompactionResult,
  DeleteRangeResult,
  LeaseGrantResult,
  LeaseRevokeResult,
  PutResult,
  TxnResult,
} from './results.ts'
import { applyTxn } from './txn.ts'

/**
 * Applies commands to the state, each as a whole or, when it throws `EngineError`, not at all.
 * What comes out depends on nothing but the state and the command, so the log can be replayed.
 */
export class Applier {
  readonly #context: ApplyContext
  readonly #onBatch: (batch: AppliedBatch) => void
  readonly #handlers: { [K in CommandKind]: (request: CommandRequest<K>) => CommandResult<K> } = {
    put: (request) => this.#put(request),
    deleteRange: (request) => atOnce(this.#deleteRange(request, 'at-once')),
    txn: (request) => atOnce(this.#txn(request, 'at-once')),
    compact: (request) => this.#compact(request),
    leaseGrant: (request) => this.#leaseGrant(request),
    leaseRevoke: (request) => atOnce(this.#leaseRevoke(request, 'at-once')),
    auth: (request) => this.#auth(request),
    alarm: (request) => this.#alarm(request),
  }

  readonly #slicedHandlers: {
    [K in CommandKind]?: (request: CommandRequest<K>) => Generator<void, CommandResult<K>> | undefined
  } = {
    deleteRange: (request) =>
      isLongDeletion(this.#context, request) ? this.#deleteRange(request, 'in-slices') : undefined,
    txn: (request) => (isLongTxn(this.#context, request) ? this.#txn(request, 'in-slices') : undefined),
    leaseRevoke: (request) =>
      isLongRevocation(this.#context, request) ? this.#leaseRevoke(request, 'in-slices') : undefined,
  }

  constructor(context: ApplyContext, onBatch: (batch: AppliedBatch) => void) {
    this.#context = context
    this.#onBatch = onBatch
  }

  apply<K extends CommandKind>(kind: K, request: CommandRequest<K>): CommandResult<K> {
    return this.#handlers[kind](request)
  }

  /**
   * Applies a command that takes long in slices: the work to be done, or undefined for a command that is to be applied
   * at once. Until it is done nothing else may be applied, nothing compacted, and others read the revision before.
   */
  inSlices<K extends CommandKind>(kind: K, request: CommandRequest<K>): Generator<void, CommandResult<K>> | undefined {
    return this.#slicedHandlers[kind]?.(request)
  }

  #put(request: PutRequest): PutResult {
    this.#context.alarms.check({ puts: true })
    checkLease(this.#context, request)
    checkIgnored(this.#context, request)
    const txn = new WriteTxn(this.#context.store)
    return this.#ended(txn, put(this.#context, txn, request))
  }

  *#deleteRange(request: DeleteRangeRequest, mode: WriteTxnMode): Generator<void, DeleteRangeResult> {
    this.#context.alarms.check({ puts: false })
    const { store } = this.#context
    checkDeleteReadable(store, request)
    const txn = new WriteTxn(store, mode)
    return this.#ended(txn, yield* whole(txn, deleteRange(this.#context, txn, request)))
  }

  *#txn(request: TxnRequest, mode: WriteTxnMode): Generator<void, TxnResult> {
    this.#context.alarms.check({ puts: hasPut(request) })
    const { store } = this.#context
    checkTxnReadable(store, request)
    const txn = new WriteTxn(store, mode)
    return this.#ended(txn, yield* whole(txn, applyTxn(this.#context, txn, request)))
  }

  #compact(request: CompactionRequest): CompactionResult {
    this.#context.alarms.check({ puts: false })
    const { store } = this.#context
    store.scheduleCompaction(Number(request.revision))
    return { revision: store.revision }
  }

  #leaseGrant(request: LeaseGrantRequest): LeaseGrantResult {
    this.#context.alarms.check({ puts: true })
    const { store, lessor } = this.#context
    const lease = lessor.grant(request.id, request.ttl, store.storage)
    return { revision: store.revision, id: lease.id, ttlSeconds: lease.ttlSeconds }
  }

  *#leaseRevoke({ id }: LeaseRevokeRequest, mode: WriteTxnMode): Generator<void, LeaseRevokeResult> {
    this.#context.alarms.check({ puts: false })
    const { store, lessor } = this.#context
    if (!lessor.has(id)) throw new EngineError('leaseNotFound')
    const txn = new WriteTxn(store, mode)
    const keys = yield* lessor.sortedKeys(id)
    for (const [index, key] of keys.entries()) {
      const entry = store.tree.find(key)
      if (entry?.live) txn.delete(entry)
      if (index % keysPerStep === keysPerStep - 1) yield
    }
    lessor.remove(id, store.storage)
    return this.#ended(txn, { revision: txn.revision })
  }

  #auth(request: AuthCommand): AuthResult {
    const { store, auth } = this.#context
    for (const { key, value } of auth.apply(request)) store.storage.putEntry(authEntryPrefix + key, value)
    return { revision: store.revision }
  }

  #alarm(request: AlarmRequest): AlarmResult {
    const { store, alarms } = this.#context
    const { alarm, entry } = alarms.apply(request)
    if (entry !== undefined) store.storage.putEntry(entry.name, entry.value)
    return { revision: store.revision, alarms: alarm === undefined ? [] : [alarm] }
  }

  #ended<R>(txn: WriteTxn, result: R): R {
    const batch = txn.end()
    if (batch !== undefined) this.#onBatch(batch)
    return result
  }
}

/** A refusal that comes after a change is no refusal: the state is half changed, and nothing may be built on it. */
function* whole<R>(txn: WriteTxn, work: Generator<void, R>): Generator<void, R> {
  try {
    return yield* work
  } catch (error) {
    if (!txn.hasChanges || !(error instanceof EngineError)) throw error
    throw new Error(`A command was refused after it had changed something: ${error.message}`, { cause: error })
  }
}
