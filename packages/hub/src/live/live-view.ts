import { type Clock, Listeners, type Timer, WaypostError } from '@waypost/core'
import type { LiveChange, LiveSource, MissedChanges } from '../operation/live-source.ts'
import { compressed, type Encoding } from './compress.ts'
import { FrameLog } from './frame-log.ts'
import { heartbeatFrame, sseFrame } from './sse-frame.ts'
import type { SseReader } from './sse-reader.ts'

const heartbeatMs = 15_000

/** The state as it is sent, made once for all who ask for it. */
export interface LiveBody {
  readonly revision: bigint
  readonly etag: string
  readonly staleSince: Date | undefined
  readonly bytes: Buffer
}

/** One live read, shared by all readers with the same rights and the same question. */
export class LiveView {
  readonly #source: LiveSource
  readonly #clock: Clock
  /** Each with the revision that it has seen; one that is still told of the past gets its changes from there. */
  readonly #readers = new Map<SseReader, bigint | 'replaying'>()
  readonly #changed = new Listeners()
  readonly #log = new FrameLog()
  readonly #release: () => void
  readonly #compressed = new WeakMap<LiveBody, Map<Encoding, Promise<Buffer>>>()
  #body: LiveBody | undefined
  #heartbeat: Timer | undefined
  #ended: WaypostError | undefined

  constructor(source: LiveSource, clock: Clock) {
    this.#source = source
    this.#clock = clock
    this.#log.begin(source.revision)
    this.#release = source.onChange((change) => this.#take(change))
  }

  get revision(): bigint {
    return this.#source.revision
  }

  get readers(): number {
    return this.#readers.size
  }

  /** Why it cannot be read any more. */
  get ended(): WaypostError | undefined {
    return this.#ended
  }

  /** The present state. The same object until something changes. */
  body(): LiveBody {
    const { revision, staleSince } = this.#source
    if (this.#body?.revision === revision && this.#body.staleSince === staleSince) return this.#body
    const stale = staleSince === undefined ? {} : { staleSince: staleSince.toISOString() }
    const text = JSON.stringify({ revision: String(revision), ...stale, ...this.#source.read() })
    // Weak: the same state may be sent compressed.
    const etag = `W/"${revision}${staleSince === undefined ? '' : '-stale'}"`
    this.#body = { revision, etag, staleSince, bytes: Buffer.from(text) }
    return this.#body
  }

  /** The state as it is sent to those who take it compressed; made once. */
  compressed(body: LiveBody, encoding: Encoding): Promise<Buffer> {
    const known = this.#compressed.get(body) ?? new Map<Encoding, Promise<Buffer>>()
    this.#compressed.set(body, known)
    const made = known.get(encoding) ?? compressed(body.bytes, encoding)
    known.set(encoding, made)
    return made
  }

  /** Waits until the state is newer than `since`. Resolves as well when `timeoutMs` have passed. */
  async newerThan(since: bigint, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#source.revision > since || signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel()
        release()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = this.#clock.after(timeoutMs, end, { ref: false })
      const release = this.#changed.add(() => {
        if (this.#ended !== undefined || this.#source.revision > since) end()
      })
      signal.addEventListener('abort', end)
    })
    if (this.#ended !== undefined) throw this.#ended
  }

  /**
   * Sends the reader every change until it leaves. Without `since` it begins with the state, as the event `snapshot`;
   * with it, with what has changed since. When the store has forgotten that, it begins with the event `reset`, which
   * holds the state.
   */
  async join(reader: SseReader, since: bigint | undefined, signal: AbortSignal): Promise<void> {
    this.#readers.set(reader, 'replaying')
    this.#heartbeat ??= this.#clock.after(heartbeatMs, () => this.#beat(), { ref: false })
    if (since === undefined) this.#sendState(reader, 'snapshot')
    else await this.#resume(reader, since, signal)
    if (this.#ended !== undefined) this.#sendEnd(reader, this.#ended)
  }

  leave(reader: SseReader): void {
    this.#readers.delete(reader)
  }

  /** The caller has lost the right to read it, or the hub stops. */
  end(error: WaypostError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    for (const reader of this.#readers.keys()) this.#sendEnd(reader, error)
    this.#readers.clear()
    this.#changed.tell()
  }

  async close(): Promise<void> {
    this.end(new WaypostError('closed', 'The hub stops.'))
    this.#heartbeat?.cancel()
    this.#release()
    await this.#source.close()
  }

  recheck(signal: AbortSignal): Promise<void> {
    return this.#source.recheck?.(signal) ?? Promise.resolve()
  }

  #take(change: LiveChange | 'stale'): void {
    this.#body = undefined
    if (change === 'stale') {
      const since = this.#source.staleSince
      const frame =
        since === undefined
          ? sseFrame('current', undefined, undefined)
          : sseFrame('stale', undefined, JSON.stringify({ staleSince: since.toISOString() }))
      for (const reader of this.#readers.keys()) reader.send(frame)
      return
    }
    const frame = changeFrame(change)
    const isLater = this.#log.isLater(change.revision)
    this.#log.add(change.revision, frame)
    for (const [reader, seen] of this.#readers) {
      if (seen === 'replaying') continue
      if (change.revision > seen || (isLater && change.revision === seen)) reader.send(frame)
    }
    this.#changed.tell()
  }

  async #resume(reader: SseReader, since: bigint, signal: AbortSignal): Promise<void> {
    if (since <= this.#source.revision && this.#log.reaches(since)) {
      this.#goOn(reader, since, this.#log.missedSince(since))
      return
    }
    if (this.#source.replay !== undefined) {
      await this.#replay(reader, since, signal)
      return
    }
    const missed = await this.#changesSince(since, signal)
    if (missed === undefined) {
      this.#sendState(reader, 'reset')
      return
    }
    for (const change of missed.changes) reader.send(changeFrame(change))
    this.#goOn(reader, missed.revision)
  }

  /** Tells of the past until it meets the log. That may take until the next change: nothing tells where the past ends. */
  async #replay(reader: SseReader, since: bigint, signal: AbortSignal): Promise<void> {
    try {
      for await (const change of this.#source.replay?.(since, signal) ?? []) {
        reader.send(changeFrame(change))
        if (!reader.isOpen) return
        if (!this.#log.reaches(change.revision)) continue
        this.#goOn(reader, change.revision)
        return
      }
    } catch (error) {
      if (isForgotten(error)) this.#sendState(reader, 'reset')
      else if (!signal.aborted) throw error
    }
  }

  /** Sends what the log has after a revision, and from now on what comes: nothing is awaited in between. */
  #goOn(reader: SseReader, seen: bigint, frames = this.#log.after(seen)): void {
    for (const frame of frames) reader.send(frame)
    if (reader.isOpen) this.#readers.set(reader, seen)
  }

  /** `undefined`: the store has forgotten. */
  async #changesSince(since: bigint, signal: AbortSignal): Promise<MissedChanges | undefined> {
    try {
      return await this.#source.changesSince?.(since, signal)
    } catch (error) {
      if (isForgotten(error)) return undefined
      throw error
    }
  }

  #sendState(reader: SseReader, event: 'snapshot' | 'reset'): void {
    const { revision, bytes } = this.body()
    reader.send(sseFrame(event, revision, bytes.toString()))
    this.#goOn(reader, revision)
  }

  #sendEnd(reader: SseReader, error: WaypostError): void {
    reader.send(sseFrame('end', undefined, JSON.stringify({ code: error.code, detail: error.message })))
    reader.end()
  }

  #beat(): void {
    for (const reader of this.#readers.keys()) reader.send(heartbeatFrame)
    this.#heartbeat =
      this.#readers.size === 0 ? undefined : this.#clock.after(heartbeatMs, () => this.#beat(), { ref: false })
  }
}

function isForgotten(error: unknown): boolean {
  return WaypostError.is(error, 'compacted') || WaypostError.is(error, 'future-revision')
}

function changeFrame({ revision, data }: LiveChange): Buffer {
  return sseFrame('change', revision, JSON.stringify(data))
}
