import { type Deferred, deferred, messageOf } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { LogSyncError } from '../storage/log-directory.ts'
import type { WriteAheadLog } from '../storage/storage-backend.ts'
import type { CommandKind, CommandRequest, CommandResult } from './command.ts'
import { encodeCommand } from './command-codec.ts'

/** What one write to the log takes at most. */
const maxBatchBytes = 4 * 1024 * 1024
/** What may wait for the log before more is refused. */
const maxQueuedBytes = 64 * 1024 * 1024

/** A batch that takes longer to apply lets others get in between. The answers take about as long again. */
const applyForMs = 1.5

interface Proposal {
  readonly bytes: Uint8Array
  /** Applies the command and settles its promise; a promise when that takes long. */
  apply(): void | Promise<void>
  fail(error: EngineError): void
}

export interface ProposerOptions {
  readonly log: WriteAheadLog
  /** Applies a durable command; called in the order of the log, the next one when the one before is done. */
  readonly apply: <K extends CommandKind>(
    kind: K,
    request: CommandRequest<K>,
  ) => CommandResult<K> | Promise<CommandResult<K>>
  /** Resolves when the next part of a batch that takes long may be applied. */
  readonly turn: () => Promise<void>
  /** Called after a batch was applied. */
  readonly onBatchApplied: () => void
  /** As in `Storage`: undefined, or a promise to wait for before more is written. */
  readonly room: () => Promise<void> | undefined
  /** A defect has left the state half changed: nothing of it may reach the disk. */
  readonly onDefect: (error: unknown) => void
  readonly onWarning: (message: string) => void
}

/**
 * Group commit. While one batch of commands is being written and synced the next one gathers. When a batch is
 * durable the next write is started first, so that the disk works while the batch is applied and answered.
 */
export class Proposer {
  readonly #options: ProposerOptions
  #queue: Proposal[] = []
  #queuedBytes = 0
  #isRunning = false
  #isClosed = false
  /** So that a disk that stays full is warned of once. */
  #isFailing = false
  #idle: Deferred<void> | undefined

  constructor(options: ProposerOptions) {
    this.#options = options
  }

  propose<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandResult<K>> {
    if (this.#isClosed) return Promise.reject(new EngineError('stopped'))
    if (this.#queuedBytes >= maxQueuedBytes) return Promise.reject(new EngineError('tooManyRequests'))
    const bytes = encodeCommand(kind, request)
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => {
        reject(error)
        if (!(error instanceof EngineError)) throw error
      }
      this.#queue.push({
        bytes,
        apply: () => {
          try {
            const result = this.#options.apply(kind, request)
            if (result instanceof Promise) return result.then(resolve, refuse)
            resolve(result)
          } catch (error) {
            refuse(error)
          }
          return undefined
        },
        fail: reject,
      })
      this.#queuedBytes += bytes.length
      if (this.#isRunning) return
      this.#isRunning = true
      // Whatever else arrives in this turn of the event loop joins the first batch.
      setImmediate(() => void this.#run())
    })
  }

  /** Whether the last write to the log went well, and more are taken. */
  get takesWrites(): boolean {
    return !this.#isClosed && !this.#isFailing
  }

  /** Refuses new commands and resolves when those that wait are settled. */
  close(): Promise<void> {
    this.#isClosed = true
    if (!this.#isRunning) return Promise.resolve()
    this.#idle ??= deferred()
    return this.#idle.promise
  }

  async #run(): Promise<void> {
    let durable: readonly Proposal[] = []
    while (this.#queue.length > 0 || durable.length > 0) {
      const room = this.#options.room()
      if (room !== undefined && durable.length === 0) await this.#wait(room)
      const batch = room === undefined ? this.#takeBatch() : []
      const writing = batch.length > 0 ? this.#write(batch) : undefined
      await this.#apply(durable)
      durable = (await writing) === true ? batch : []
    }
    this.#isRunning = false
    this.#idle?.resolve()
  }

  /** When the storage cannot make room, what waits is refused rather than kept waiting. */
  async #wait(room: Promise<void>): Promise<void> {
    try {
      await room
    } catch (error) {
      this.#fail(this.#takeBatch(), error)
    }
  }

  #takeBatch(): Proposal[] {
    let bytes = 0
    let count = 0
    for (const proposal of this.#queue) {
      if (count > 0 && bytes + proposal.bytes.length > maxBatchBytes) break
      bytes += proposal.bytes.length
      count += 1
    }
    this.#queuedBytes -= bytes
    if (count < this.#queue.length) return this.#queue.splice(0, count)
    const batch = this.#queue
    this.#queue = []
    return batch
  }

  /** Resolves to whether the batch is durable; if not, its proposers have been told. */
  async #write(batch: readonly Proposal[]): Promise<boolean> {
    try {
      await this.#options.log.write(batch.map((proposal) => proposal.bytes))
      this.#isFailing = false
      return true
    } catch (error) {
      this.#fail(batch, error)
      return false
    }
  }

  #fail(batch: readonly Proposal[], cause: unknown): void {
    const isUnknown = cause instanceof LogSyncError
    if (!this.#isFailing)
      this.#options.onWarning(
        isUnknown
          ? `The log cannot be synced, so writes are refused; reads continue. ${messageOf(cause)}`
          : `The log cannot be written, so writes fail until it can. ${messageOf(cause)}`,
      )
    this.#isFailing = true
    const error = new EngineError(isUnknown ? 'timeout' : 'noSpace', { cause })
    for (const proposal of batch) proposal.fail(error)
    if (isUnknown) this.#stop(cause)
  }

  #stop(cause: unknown): void {
    this.#isClosed = true
    for (const proposal of this.#queue) proposal.fail(new EngineError('stopped', { cause }))
    this.#queue = []
    this.#queuedBytes = 0
  }

  async #apply(batch: readonly Proposal[]): Promise<void> {
    if (batch.length === 0) return
    try {
      let untilMs = performance.now() + applyForMs
      for (const [index, proposal] of batch.entries()) {
        if (index > 0 && performance.now() > untilMs) {
          await this.#options.turn()
          untilMs = performance.now() + applyForMs
        }
        const applying = proposal.apply()
        if (applying !== undefined) await applying
      }
    } catch (error) {
      for (const proposal of batch) proposal.fail(new EngineError('stopped', { cause: error }))
      this.#stop(error)
      this.#options.onDefect(error)
      return
    }
    this.#options.onBatchApplied()
  }
}
