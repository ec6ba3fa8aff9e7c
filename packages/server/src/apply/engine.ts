import type { RangeRequest } from '@waypost/protocol'
import type { LeaseView } from '../lease/lease-view.ts'
import type { AppliedBatch, HistoryOptions, HistorySlice } from '../mvcc/event.ts'
import type { CommandKind, CommandRequest, CommandResult } from './command.ts'
import type { EngineOptions } from './engine-options.ts'
import type { ResponseEncoder } from './response-encoder.ts'
import type { RangeResult } from './results.ts'

/**
 * The state machine behind the network edge. Whatever it shows, by a range, an event or an answer, is durable.
 * Requests are expected to be well formed: what can be said without knowing the state is checked before.
 */
export declare class Engine {
  static open(options: EngineOptions): Promise<Engine>

  /** Made at the first start and kept. */
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly raftTerm: number
  /** The index of the last command that was applied. */
  readonly raftIndex: number
  /** The current revision: 1 in a fresh store. */
  readonly revision: number
  /** −1 when the store was never compacted. */
  readonly compactRevision: number
  readonly leases: LeaseView
  readonly responses: ResponseEncoder
  /** Bytes on disk (or in memory), and how many of them hold data. */
  readonly size: { readonly bytes: number; readonly inUseBytes: number }

  /** Throws `EngineError` with `compacted` or `futureRevision`. */
  range(request: RangeRequest): RangeResult
  /**
   * Resolves when the command is durable and applied. Transactions that only read are answered without a write.
   * Rejects with `EngineError`: with `noSpace` nothing was written; with `timeout` the outcome is unknown;
   * with `stopped` the engine is closed or takes no writes any more.
   */
  propose<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandResult<K>>
  /** Calls the listener once for each applied revision, in order, before its proposer hears of it. */
  onApplied(listener: (batch: AppliedBatch) => void): () => void
  /** Past revisions, a bounded step at a time. Throws `EngineError` with `compacted` when `from` is compacted. */
  history(options: HistoryOptions): HistorySlice
  /** The marshalled value that `key` had before `revision`; undefined when it had none or that is compacted. */
  previous(key: string, revision: number): Uint8Array | undefined
  /** Ends pending proposals with `stopped` unless they become durable in time; idempotent. */
  close(): Promise<void>
}
