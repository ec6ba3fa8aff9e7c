import { randomUUID } from 'node:crypto'
import { del, type EtcdClient, type Operation, put, value, version } from '@waypost/client'
import { Backoff, onAbort, systemClock, throwIfAborted, WaypostError } from '@waypost/core'
import { type Checkpoint, checkpointKey, checkpointText, type MirrorPlace, readCheckpoint } from './place.ts'

/** One change of one key in the destination; without bytes it is a deletion. */
export interface Change {
  readonly key: Buffer
  readonly bytes: Uint8Array | undefined
}

/** A transaction holds 128 operations at most, of which one is the checkpoint, and 1.5 MiB. */
const maxChanges = 127
const maxBytes = 1024 * 1024
const overheadBytes = 64
/** What was sent when the signal fired has so long to be answered, so that what was done is told and counted. */
const lastAnswerMs = 1_000

/**
 * Writes to the destination. Every transaction moves the checkpoint, on the condition that it still is where it was
 * left: so each change is made once, a lost answer does no harm, and two mirrors to one place cannot both go on.
 */
export class MirrorWriter {
  readonly #dest: EtcdClient
  readonly #place: MirrorPlace
  readonly #signal: AbortSignal
  /** Fires `lastAnswerMs` after the signal. */
  readonly #patience = new AbortController()
  readonly #onTrouble: (error: unknown) => void
  readonly #name = randomUUID()
  #step = 0
  #text: string | undefined

  constructor(
    dest: EtcdClient,
    place: MirrorPlace,
    text: string | undefined,
    signal: AbortSignal,
    onTrouble: (error: unknown) => void,
  ) {
    this.#dest = dest
    this.#place = place
    this.#text = text
    this.#signal = signal
    this.#onTrouble = onTrouble
    onAbort(signal, () => systemClock.after(lastAnswerMs, () => this.#patience.abort(signal.reason), { ref: false }))
  }

  /**
   * Makes the changes in one transaction when they fit into one, as most revisions do, and in several otherwise.
   * The checkpoint reads `before` until the last one.
   */
  async write(changes: readonly Change[], before: Checkpoint, after: Checkpoint): Promise<void> {
    const batches = inBatches(changes)
    for (const [index, batch] of batches.entries())
      await this.#commit(batch, index === batches.length - 1 ? after : before)
  }

  async #commit(changes: readonly Change[], checkpoint: Checkpoint): Promise<void> {
    const key = checkpointKey(this.#place)
    const previous = this.#text
    // No two are equal, so it can be told whether a transaction was made whose answer is lost.
    this.#step += 1
    const text = checkpointText({ ...checkpoint, step: `${this.#name}-${this.#step}` })
    const steps: Operation<unknown>[] = changes.map((change) =>
      change.bytes === undefined ? del(change.key) : put(change.key, change.bytes),
    )
    const condition = previous === undefined ? version(key).equals(0) : value(key).equals(previous)
    const backoff = new Backoff()
    for (;;) {
      throwIfAborted(this.#signal)
      try {
        const { succeeded } = await this.#dest
          .txn()
          .if(condition)
          .do(...steps, put(key, text))
          .commit({ signal: this.#patience.signal })
        if (!succeeded && (await readCheckpoint(this.#dest, this.#place))?.text !== text) throw rivalry(key)
        this.#text = text
        return
      } catch (error) {
        const isPassing = WaypostError.is(error) && (error.retryable || error.code === 'outcome-unknown')
        if (this.#signal.aborted || !isPassing) throw error
        this.#onTrouble(error)
        await pause(backoff.nextMs(), this.#signal)
      }
    }
  }
}

function inBatches(changes: readonly Change[]): Change[][] {
  const batches: Change[][] = [[]]
  let bytes = 0
  for (const change of changes) {
    const size = change.key.length + (change.bytes?.length ?? 0) + overheadBytes
    const last = batches.at(-1) ?? []
    if (last.length > 0 && (last.length === maxChanges || bytes + size > maxBytes)) {
      batches.push([change])
      bytes = size
    } else {
      last.push(change)
      bytes += size
    }
  }
  return batches
}

function rivalry(key: string): WaypostError {
  return new WaypostError(
    'failed-precondition',
    `Somebody else has moved the checkpoint ${key}: is another mirror writing to the same destination?`,
  )
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = systemClock.after(delayMs, done)
    signal.addEventListener('abort', done)
  })
}
