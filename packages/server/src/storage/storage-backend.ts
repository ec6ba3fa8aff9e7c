import type { Clock, Slices } from '@waypost/core'
import type { Storage } from './storage.ts'

/** The log of commands in front of a durable storage, as the engine uses it. */
export interface WriteAheadLog {
  /**
   * Appends the commands and makes them durable. Rejects with `LogSyncError` when their fate is unknown and the log has
   * stopped for good; with another error nothing was written. One write at a time.
   */
  write(commands: readonly Uint8Array[]): Promise<void>
  /** Removes what is not needed once the storage durably holds all commands up to `index`. */
  dropThrough(index: number): void
}

export interface OpenLogOptions {
  /** Receives every command that the storage does not hold, in order. */
  readonly replay: (index: number, command: Buffer) => void
  /** Receives how long each write took to become durable, in milliseconds. */
  readonly onSync?: ((durationMs: number) => void) | undefined
}

/** Where an engine keeps its data. Each implementation is one file, and passes the contract suite of storages. */
export interface StorageBackend {
  readonly storage: Storage
  /** Must be called once, before anything is written. Undefined: no log, what is applied counts as durable. */
  openLog?(options: OpenLogOptions): Promise<WriteAheadLog>
  /** Ends the first start: makes what is there durable. Must be called before anything is acknowledged. */
  finish(): Promise<void>
  /** Returns disk space that deleted data has left. Reads and writes go on. */
  defragment(): Promise<void>
  /** Makes durable what can be, and releases everything. Idempotent. */
  close(): Promise<void>
}

export interface OpenBackendOptions {
  /** Loading the data has found damage: all of it is read before any is used. Default false. */
  readonly isSuspect?: boolean | undefined
  readonly clock?: Clock | undefined
  /** Where work in the background waits for its turn. Default: the event loop's. */
  readonly slices?: Slices | undefined
  /** As in `LmdbStorageOptions`: for a storage on disk. */
  readonly verifyInThreadFromBytes?: number | undefined
  /** Receives what an operator should know, a sentence each. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** Opens a backend. Rejects with `WaypostError` with one of the codes `data-dir-*` when it cannot be used. */
export type OpenBackend = (options: OpenBackendOptions) => Promise<StorageBackend>
