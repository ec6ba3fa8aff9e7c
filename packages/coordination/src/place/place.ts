import {
  type Condition,
  createRevision,
  del,
  get,
  type KeyValue,
  type Lease,
  lease as leaseOf,
  list,
  put,
} from '@waypost/client'
import { Backoff, delay, onAbort, throwIfAborted, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { KeyWatch } from './key-watch.ts'
import { isRival, type Line } from './line.ts'
import type { Session, Sessions, TakenSession } from './sessions.ts'

/** A place that is held for longer than this is watched, so that its holder hears when somebody deletes its key. */
const watchAfterMs = 200
/** How long leaving may take before it goes on in the background. */
const leaveMs = 2_000

/**
 * A place in a line. Its key is attached to a lease; its token is the create revision of the key. Everybody waits for the
 * place before it only.
 *
 * Source of the protocol: etcd's `client/v3/concurrency`, `Mutex` and `Election`.
 */
export class Place {
  readonly line: Line
  readonly key: string
  /** The create revision of the key. It only rises from one place in a line to the next. */
  readonly token: bigint
  readonly lease: Lease
  readonly #parts: Parts
  readonly #sessions: Sessions
  readonly #session: Session
  /** Made once somebody asks for the signal: most places are left before that. */
  #lost: AbortController | undefined
  #lostError: WaypostError | undefined
  readonly #releaseLease: () => void
  #isFirst: boolean
  #watch: KeyWatch | undefined
  #leaving: Promise<void> | undefined

  private constructor(parts: Parts, sessions: Sessions, session: Session, lease: Lease, line: Line, joined: Joined) {
    this.#parts = parts
    this.#sessions = sessions
    this.#session = session
    this.lease = lease
    this.line = line
    this.key = joined.key
    this.token = joined.token
    this.#isFirst = joined.isFirst
    this.#releaseLease = onAbort(lease.lost, () => this.#lose('its lease has ended'))
  }

  /** Takes the last place in the line. */
  static async join(
    parts: Parts,
    sessions: Sessions,
    line: Line,
    value: string,
    signal: AbortSignal | undefined,
  ): Promise<Place> {
    return onLivingLease(parts, sessions, line, signal, async ({ session, lease, isAlone }) => {
      const joined = await join(parts, { line, lease, value, isAlone }, signal)
      return new Place(parts, sessions, session, lease, line, joined)
    })
  }

  /** Takes the place at the head of the line if nobody is in it. */
  static async joinIfFree(
    parts: Parts,
    sessions: Sessions,
    line: Line,
    value: string,
    signal: AbortSignal | undefined,
  ): Promise<Place | undefined> {
    const free = await onLivingLease(parts, sessions, line, signal, async ({ session, lease }) => {
      const key = keyOf(line, lease)
      const { succeeded, revision, responses } = await parts.etcd
        .txn()
        .if(createRevision({ prefix: line.waitsFor }).equals(0), createRevision(key).equals(0))
        .do(put(key, value, { lease: lease.id }))
        .else(list({ prefix: line.waitsFor }, { keysOnly: true, limit: 64 }))
        .commit({ signal })
      if (succeeded) return new Place(parts, sessions, session, lease, line, { key, token: revision, isFirst: true })
      sessions.release(session, line.prefix)
      const [page] = responses
      return page.more || page.kvs.some((kv) => isRival(line, kv)) ? 'taken' : 'unclear'
    })
    if (free instanceof Place) return free
    if (free === 'taken') return undefined
    // Only locks with longer names are under the prefix: the line itself is free.
    const place = await Place.join(parts, sessions, line, value, signal)
    if (await place.isFirst(signal)) return place
    await place.leave()
    return undefined
  }

  /**
   * Fires when the place may be gone: no later than its lease can end at the store, counted on a monotonic clock from
   * when the last acknowledged renewal was sent; or when its key was deleted. `reason` is a `WaypostError`.
   */
  get lost(): AbortSignal {
    // Looks at the clock: after a blocked event loop the answer is true before any timer ran.
    void this.lease.lost
    if (this.#lost === undefined) {
      this.#lost = new AbortController()
      if (this.#lostError) this.#lost.abort(this.#lostError)
    }
    return this.#lost.signal
  }

  /** Holds as long as the place does. */
  get condition(): Condition {
    return createRevision(this.key).equals(this.token)
  }

  /**
   * Resolves when everybody who came before has left, after the place's own key has been read again. Fails with
   * `lease-not-found` when the place is gone, and with `aborted`.
   */
  async turn(signal: AbortSignal | undefined): Promise<void> {
    const backoff = new Backoff({ maxMs: 2_000 })
    while (!this.#isFirst) {
      this.check()
      throwIfAborted(signal)
      try {
        const before = await this.#before(signal)
        if (before === undefined) break
        await this.#gone(before.kv, before.revision + 1n, signal)
        backoff.reset()
      } catch (error) {
        this.check()
        throwIfAborted(signal)
        if (!WaypostError.is(error) || !(error.retryable || error.code === 'compacted')) throw error
        await delay(backoff.nextMs(), { clock: this.#parts.clock, signal })
      }
    }
    this.#isFirst = true
    this.follow()
  }

  /** From now on the place is held: that its key is deleted is heard of. Throws when it is lost already. */
  follow(): void {
    this.check()
    this.#watch ??= new KeyWatch(this.#parts, this, watchAfterMs, () => this.#lose('its key was deleted'))
  }

  /** Whether nobody who came before is left. */
  async isFirst(signal?: AbortSignal): Promise<boolean> {
    if (!this.#isFirst && (await this.#before(signal)) === undefined) this.#isFirst = true
    return this.#isFirst
  }

  /** Whether the place may be gone: as `lost` says it. */
  get isLost(): boolean {
    void this.lease.lost
    return this.#lostError !== undefined
  }

  /** Throws `lease-not-found` when the place is lost. */
  check(): void {
    if (this.isLost) throw this.#lostError
  }

  /**
   * Gives the place to the next one. Never fails: when the store cannot be reached within two seconds, the key is
   * deleted in the background, or ends with its lease.
   */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    this.#watch?.close()
    this.#releaseLease()
    if (this.isLost) {
      if (this.lease.lost.aborted) this.#sessions.release(this.#session, this.line.prefix)
      else abandon(this.#parts, this.#sessions, this.#session, this.lease, this.line)
      return
    }
    try {
      // Nobody else writes a key with this lease in its name.
      await this.#parts.etcd.kv.delete(this.key, { timeoutMs: leaveMs })
      this.#sessions.release(this.#session, this.line.prefix)
    } catch {
      abandon(this.#parts, this.#sessions, this.#session, this.lease, this.line)
    }
  }

  /** The last of those who came before, and whether this place still exists, as of one revision. */
  async #before(
    signal: AbortSignal | undefined,
  ): Promise<{ readonly kv: KeyValue; readonly revision: bigint } | undefined> {
    const { waitsFor } = this.line
    const flags = { sort: { by: 'createRevision', order: 'descending' }, keysOnly: true } as const
    const earlier = { ...flags, maxCreateRevision: this.token - 1n }
    let limit: number | undefined = 1
    for (;;) {
      const { succeeded, revision, responses } = await this.#parts.etcd
        .txn()
        .do(get(this.key, { keysOnly: true }), list({ prefix: waitsFor }, { ...earlier, limit }))
        .commit({ signal })
      // Without conditions it always does.
      if (!succeeded) return undefined
      const [own, page] = responses
      if (own?.createRevision !== this.token) {
        this.#lose('its key is gone')
        this.check()
      }
      const kv = page.kvs.find((candidate) => isRival(this.line, candidate))
      if (kv !== undefined) return { kv, revision }
      if (page.kvs.length === 0 || limit === undefined) return undefined
      // The newest one there is no place of this line: look at all of them.
      limit = undefined
    }
  }

  /** Resolves when the key has been deleted, and when this place is lost or the wait is over. */
  async #gone({ keyBytes }: KeyValue, startRevision: bigint, signal: AbortSignal | undefined): Promise<void> {
    await using watch = this.#parts.etcd.watch({ key: keyBytes }, { startRevision, filters: ['noPut'] })
    const close = (): void => void watch.close()
    const releases = [onAbort(signal, close), onAbort(this.lost, close)]
    try {
      for await (const { events } of watch) if (events.length > 0) return
    } finally {
      for (const release of releases) release()
    }
  }

  #lose(why: string): void {
    if (this.#lostError) return
    this.#watch?.close()
    const message = `${this.line.title} is lost: ${why}.`
    const details = { token: this.token, key: this.key }
    this.#lostError = new WaypostError('lease-not-found', message, { details })
    this.#lost?.abort(this.#lostError)
  }
}

function keyOf(line: Line, lease: Lease): string {
  return line.prefix + lease.id.toString(16)
}

/** A place that was taken. */
interface Joined {
  readonly key: string
  readonly token: bigint
  /** Nobody is before it. False: that is not known yet. */
  readonly isFirst: boolean
}

interface Joining {
  readonly line: Line
  readonly lease: Lease
  readonly value: string
  /** Whether the line may be empty, as far as this process knows. */
  readonly isAlone: boolean
}

/** Repeated when its answer is lost: nobody else writes this key, so finding it means that it was written. */
async function join(
  { etcd, clock }: Parts,
  { line, lease, value, isAlone }: Joining,
  signal: AbortSignal | undefined,
): Promise<Joined> {
  const key = keyOf(line, lease)
  const isFree = createRevision(key).equals(0)
  const enter = put(key, value, { lease: lease.id })
  // Its own key may be outside what it waits for.
  const alone = [createRevision({ prefix: line.waitsFor }).equals(0)]
  if (!key.startsWith(line.waitsFor)) alone.push(isFree)
  let mayBeAlone = isAlone
  const backoff = new Backoff({ maxMs: 1_000 })
  for (;;) {
    try {
      if (mayBeAlone) {
        // Most locks are free: that costs the store least, and one more request when it is not so.
        const { succeeded, revision } = await etcd
          .txn()
          .if(...alone)
          .do(enter)
          .commit({ signal })
        if (succeeded) return { key, token: revision, isFirst: true }
        mayBeAlone = false
      }
      const sort = { by: 'createRevision', order: 'ascending' } as const
      const head = list({ prefix: line.waitsFor }, { limit: 1, sort, keysOnly: true })
      const result = await etcd.txn().if(isFree).do(enter, head).else(get(key)).commit({ signal })
      if (!result.succeeded) return { key, token: result.responses[0]?.createRevision ?? 0n, isFirst: false }
      const [first] = result.responses[1].kvs
      return { key, token: result.revision, isFirst: first === undefined || first.key === key }
    } catch (error) {
      if (!WaypostError.is(error, 'outcome-unknown') || lease.lost.aborted) throw error
      await delay(backoff.nextMs(), { clock, signal })
    }
  }
}

/**
 * Calls `work` with a lease of this process. When the store does not know the lease any more, which this process has
 * not heard of yet, it is called again with another one.
 */
async function onLivingLease<T>(
  parts: Parts,
  sessions: Sessions,
  line: Line,
  signal: AbortSignal | undefined,
  work: (taken: TakenSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const taken = await sessions.take(line.prefix, signal)
    const { session, lease } = taken
    try {
      return await work(taken)
    } catch (error) {
      const isGone = WaypostError.is(error, 'lease-not-found')
      if (isGone) await sessions.discard(session)
      abandon(parts, sessions, session, lease, line)
      if (!isGone || attempt === 3) throw error
    }
  }
}

/**
 * Deletes a key that may or may not be there, for as long as its lease lives. Until then nothing else takes a place in
 * the same line on the same lease.
 */
function abandon(parts: Parts, sessions: Sessions, session: Session, lease: Lease, line: Line): void {
  const key = keyOf(line, lease)
  const tryOn = async (): Promise<void> => {
    const backoff = new Backoff({ maxMs: 5_000 })
    while (!lease.lost.aborted) {
      try {
        await parts.etcd.txn().if(leaseOf(key).equals(lease.id)).do(del(key)).commit()
        return
      } catch (error) {
        if (WaypostError.is(error, 'closed')) return
        await delay(backoff.nextMs(), { clock: parts.clock, signal: lease.lost, ref: false }).catch(() => undefined)
      }
    }
  }
  void tryOn().finally(() => sessions.release(session, line.prefix))
}
