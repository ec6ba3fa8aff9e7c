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
import { singleSpan } from '../mvcc/key-span.ts'
import { WriteTxn } from '../mvcc/write-txn.ts'
import type { CommandKind, CommandRequest, CommandResult } from './command.ts'
import type { ApplyContext } from './context.ts'
import { deleteRange } from './delete-range.ts'
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

/** Where the storage keeps users, roles and permissions. */
export const authEntryPrefix = 'auth/'

/**
 * Applies commands to the state, each as a whole or, when it throws `EngineError`, not at all.
 * What comes out depends on nothing but the state and the command, so the log can be replayed.
 */
export class Applier {
  readonly #context: ApplyContext
  readonly #onBatch: (batch: AppliedBatch) => void
  readonly #handlers: { [K in CommandKind]: (request: CommandRequest<K>) => CommandResult<K> } = {
    put: (request) => this.#put(request),
    deleteRange: (request) => this.#deleteRange(request),
    txn: (request) => this.#txn(request),
    compact: (request) => this.#compact(request),
    leaseGrant: (request) => this.#leaseGrant(request),
    leaseRevoke: (request) => this.#leaseRevoke(request),
    auth: (request) => this.#auth(request),
    alarm: (request) => this.#alarm(request),
  }

  constructor(context: ApplyContext, onBatch: (batch: AppliedBatch) => void) {
    this.#context = context
    this.#onBatch = onBatch
  }

  apply<K extends CommandKind>(kind: K, request: CommandRequest<K>): CommandResult<K> {
    return this.#handlers[kind](request)
  }

  #put(request: PutRequest): PutResult {
    this.#context.alarms.check({ puts: true })
    checkLease(this.#context, request)
    checkIgnored(this.#context, request)
    const txn = new WriteTxn(this.#context.store)
    return this.#ended(txn, put(this.#context, txn, request))
  }

  #deleteRange(request: DeleteRangeRequest): DeleteRangeResult {
    this.#context.alarms.check({ puts: false })
    const txn = new WriteTxn(this.#context.store)
    return this.#ended(txn, deleteRange(this.#context, txn, request))
  }

  #txn(request: TxnRequest): TxnResult {
    this.#context.alarms.check({ puts: hasPut(request) })
    const txn = new WriteTxn(this.#context.store)
    return this.#ended(txn, applyTxn(this.#context, txn, request))
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

  #leaseRevoke({ id }: LeaseRevokeRequest): LeaseRevokeResult {
    this.#context.alarms.check({ puts: false })
    const { store, lessor } = this.#context
    if (!lessor.has(id)) throw new EngineError('leaseNotFound')
    const txn = new WriteTxn(store)
    for (const key of lessor.keysOf(id)) for (const entry of txn.entries(singleSpan(key))) txn.delete(entry)
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
