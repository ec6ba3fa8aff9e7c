import { type Condition, type EtcdClient, modRevision, put } from '@waypost/client'
import { type Clock, WaypostError } from '@waypost/core'
import { encodeCheckpoint, writeParts } from './checkpoint.ts'
import { encodeChunk } from './chunk.ts'
import type { DerivedEvent } from './concerns/concern.ts'
import { indexOf, revisionOf, type TimelineEvent } from './event.ts'
import { encodePosition, type Position } from './position.ts'
import type { TimelineState } from './state.ts'
import { checkpointKey, chunkKey, contentKey, positionKey } from './timeline-keys.ts'

/** A document that was written by hand. */
export interface Content {
  readonly revision: bigint
  readonly path: string
  readonly bytes: Uint8Array
}

/** Events that are recorded together, and what belongs to them. */
interface Group {
  readonly lines: readonly string[]
  readonly lastId: string
  readonly atMs: number
  readonly bytes: number
  readonly contents: readonly Content[]
  /** Everything up to this revision is recorded once this group is. */
  readonly completes: bigint | undefined
}

/** What one transaction may hold: a store takes 1.5 MiB and 128 steps at the most. */
const maxChunkBytes = 256 * 1024
const maxChunkEvents = 1_000
const maxContents = 50

/** The writing end of the timeline, for the one who records. After an error it cannot be used any more. */
export class RecordLog {
  readonly #etcd: EtcdClient
  readonly #clock: Clock
  readonly #isLeading: Condition
  readonly #signal: AbortSignal
  #position: Position
  /** The revision of the position's key: somebody else wrote it when it is another one. */
  #positionRevision: bigint
  #pending: Group[] = []
  /** Up to where everything is recorded once all that is pending is. */
  #complete: bigint
  #lastId: string
  #atMs: number

  constructor(
    etcd: EtcdClient,
    clock: Clock,
    leading: { readonly isLeading: Condition; readonly signal: AbortSignal },
    known: { readonly position: Position; readonly positionRevision: bigint },
  ) {
    this.#etcd = etcd
    this.#clock = clock
    this.#isLeading = leading.isLeading
    this.#signal = leading.signal
    this.#position = known.position
    this.#positionRevision = known.positionRevision
    this.#complete = known.position.revision
    this.#lastId = known.position.lastId
    this.#atMs = known.position.atMs
  }

  /** What is written. */
  get position(): Position {
    return this.#position
  }

  get hasPending(): boolean {
    return this.#pending.length > 0
  }

  /** Whether a revision was written in several pieces, and it is not written yet that it is complete. */
  get isPartial(): boolean {
    const { lastId, revision } = this.#position
    const last = revisionOf(lastId)
    return last > revision && this.#complete >= last
  }

  /** Whether more waits than one transaction takes. */
  get isFull(): boolean {
    let bytes = 0
    let events = 0
    for (const group of this.#pending) {
      bytes += group.bytes
      events += group.lines.length
    }
    return bytes >= maxChunkBytes || events >= maxChunkEvents
  }

  add(
    revision: bigint,
    events: readonly DerivedEvent[],
    marks: Pick<TimelineEvent, 'late' | 'inferred'>,
    contents: readonly Content[] = [],
  ): void {
    this.#atMs = Math.max(this.#atMs, this.#clock.epochMs())
    const at = new Date(this.#atMs).toISOString()
    let bytes = 0
    const lines = events.map((event) => {
      this.#lastId = nextId(this.#lastId, revision)
      const line = JSON.stringify({ id: this.#lastId, at, ...event, ...marks })
      bytes += line.length
      return line
    })
    for (const content of contents) bytes += content.bytes.length
    this.#pending.push({ lines, lastId: this.#lastId, atMs: this.#atMs, bytes, contents, completes: undefined })
  }

  /** Everything up to the revision has been added. */
  completed(revision: bigint): void {
    this.#complete = revision
    const last = this.#pending.pop()
    if (last !== undefined) this.#pending.push({ ...last, completes: revision })
  }

  /** Writes what is pending. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0) await this.#writeChunk()
  }

  /**
   * Writes how far it has come, also when nothing was to be recorded. The write itself makes one revision: that is no
   * reason for another.
   */
  async keepPosition(): Promise<void> {
    await this.flush()
    if (this.isPartial || this.#complete - this.#position.revision > 1n)
      await this.#commit({ ...this.#position, revision: this.#complete }, [])
  }

  /** Keeps the state as it is after the last event. Nothing may be pending. */
  async checkpoint(state: TimelineState): Promise<void> {
    const { lastId, total, atMs } = this.#position
    const written = await writeParts(this.#etcd, lastId, state, this.#signal)
    const checkpoint = { id: lastId, total, atMs, ...written }
    const position: Position = {
      ...this.#position,
      checkpointId: lastId,
      checkpointTotal: total,
      checkpointAtMs: atMs,
      checkpointBytes: written.bytes,
      bytes: 0,
    }
    await this.#commit(position, [put(checkpointKey(lastId), encodeCheckpoint(checkpoint))])
  }

  async #writeChunk(): Promise<void> {
    const groups = this.#takeGroups()
    const last = groups.at(-1)
    const [first] = groups
    if (last === undefined || first === undefined) return
    const lines = groups.flatMap((group) => group.lines)
    const completes = groups.reduce<bigint | undefined>((known, group) => group.completes ?? known, undefined)
    const bytes = groups.reduce((sum, group) => sum + group.bytes, 0)
    const { total, revision } = this.#position
    const position: Position = {
      ...this.#position,
      revision: completes ?? revision,
      lastId: last.lastId,
      atMs: last.atMs,
      total: total + lines.length,
      bytes: this.#position.bytes + bytes,
    }
    const firstId = idOfLine(lines[0])
    await this.#commit(position, [
      put(chunkKey(firstId, first.atMs), encodeChunk(total, lines)),
      ...groups.flatMap(({ contents }) =>
        contents.map((content) => put(contentKey(content.revision, content.path), content.bytes)),
      ),
    ])
  }

  #takeGroups(): readonly Group[] {
    let bytes = 0
    let events = 0
    let contents = 0
    let length = 0
    for (const group of this.#pending) {
      bytes += group.bytes
      events += group.lines.length
      contents += group.contents.length
      if (length > 0 && (bytes > maxChunkBytes || events > maxChunkEvents || contents > maxContents)) break
      length += 1
    }
    return this.#pending.splice(0, length)
  }

  async #commit(position: Position, steps: readonly ReturnType<typeof put>[]): Promise<void> {
    const { succeeded, revision } = await this.#etcd
      .txn()
      .if(this.#isLeading, modRevision(positionKey).equals(this.#positionRevision))
      .do(put(positionKey, encodePosition(position)), ...steps)
      .commit({ signal: this.#signal })
    if (!succeeded) throw new WaypostError('conflict', 'Another process records the timeline now.')
    this.#position = position
    this.#positionRevision = revision
  }
}

function nextId(lastId: string, revision: bigint): string {
  return `${revision}.${revisionOf(lastId) === revision ? indexOf(lastId) + 1 : 0}`
}

function idOfLine(line = ''): string {
  return /^\{"id":"([^"]+)"/.exec(line)?.[1] ?? ''
}
