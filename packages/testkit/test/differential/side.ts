import { HashKVRequest, Maintenance, WatchCreateRequest, type WatchResponse } from '@waypost/protocol'
import { revisionOf } from '../../src/contract/current-revision.ts'
import { Wire } from '../../src/wire/wire.ts'
import { keyOrder } from './key-order.ts'
import { type Outcome, outcomeOf, plain } from './outcome.ts'
import { type Place, revisionAt } from './place.ts'
import { latin1, putOptions, rangeOptions, txnParts } from './request.ts'
import { type Step, streams, type WatchStep } from './step.ts'
import { WatchLog } from './watch-log.ts'

/** One of the two stores, with its streams. */
export class Side {
  readonly name: string
  readonly #url: string
  #wire: Wire
  #logs: WatchLog[] = []
  #master: WatchLog
  #masterWatcher = ''
  readonly #openedAtMs = performance.now()

  private constructor(name: string, url: string) {
    this.name = name
    this.#url = url
    this.#wire = new Wire(url)
    this.#master = new WatchLog(this.#wire.connection)
  }

  /** @param from the first revision whose events it is told */
  static async open(name: string, url: string, from: bigint): Promise<Side> {
    const side = new Side(name, url)
    await side.#openStreams(from)
    return side
  }

  /** Sees every event of the store. */
  get master(): WatchLog {
    return this.#master
  }

  get masterWatcher(): string {
    return this.#masterWatcher
  }

  log(stream: number): WatchLog {
    const log = this.#logs[stream]
    if (!log) throw new Error(`There is no stream ${stream}.`)
    return log
  }

  /** Connects again, after a restart, with streams that begin at `revision`. */
  async reopen(revision: bigint): Promise<void> {
    await this.close()
    this.#wire = new Wire(this.#url)
    this.#master = new WatchLog(this.#wire.connection)
    await this.#openStreams(revision)
  }

  watch(step: WatchStep, place: Place): Promise<{ answer: WatchResponse; watcher: string }> {
    return this.log(step.stream).create(
      WatchCreateRequest.create({
        key: latin1(step.key),
        rangeEnd: latin1(step.end),
        watchId: BigInt(step.id),
        startRevision: revisionAt(step.start, place),
        filters: [...step.filters],
        prevKv: step.prevKv,
      }),
    )
  }

  /** Runs a step that is one call. */
  run(step: Exclude<Step, { kind: 'watch' | 'cancel' | 'restart' }>, place: Place): Promise<Outcome> {
    const wire = this.#wire
    switch (step.kind) {
      case 'range':
        return outcomeOf(wire.range(latin1(step.key), rangeOptions(step, place)))
      case 'put':
        return outcomeOf(wire.put(latin1(step.key), latin1(step.value), putOptions(step)))
      case 'delete':
        return outcomeOf(wire.delete(latin1(step.key), { end: latin1(step.end), prevKv: step.prevKv }))
      case 'txn':
        return outcomeOf(wire.txn(txnParts(step, place)))
      case 'compact':
        return outcomeOf(wire.compact(revisionAt(step.revision, place), { physical: step.physical }))
      case 'grant':
        return outcomeOf(wire.grant(BigInt(step.ttl), BigInt(step.id)))
      case 'revoke':
        return outcomeOf(wire.revoke(BigInt(step.id)))
      case 'keep-alive':
        return outcomeOf(wire.keepAlive(BigInt(step.id)))
      case 'leases':
        return outcomeOf(wire.leases(), (body) => plain(body.leases.map((lease) => lease.id).sort(keyOrder)))
      case 'time-to-live':
        return outcomeOf(wire.timeToLive(BigInt(step.id), { keys: step.keys }), (body) => ({
          granted: body.grantedTtl,
          remaining: body.ttl < 0n ? body.ttl : this.#canBeLeft(body.ttl, body.grantedTtl),
          keys: body.keys.map((key) => Buffer.from(key).toString('latin1')).sort(),
        }))
    }
  }

  /**
   * Deletes every key, revokes every lease and compacts the history away. Resolves to the revision then, and to the
   * hashes of the history before and of what is left after.
   */
  async clear(): Promise<{ readonly revision: bigint; readonly hashes: readonly number[] }> {
    // A list of leases is in the order in which they end, which a restart makes another.
    const leases = (await this.#wire.leases()).leases.map(({ id }) => id).sort(keyOrder)
    for (const id of leases) await this.#wire.revoke(id)
    await this.#wire.put('last')
    const before = await this.#hash()
    const revision = revisionOf(await this.#wire.delete('\0', { end: '\0' }))
    await this.#wire.compact(revision, { physical: true })
    return { revision, hashes: [before, await this.#hash()] }
  }

  /** Time passes differently on the two sides, but no lease is older than the sequence. */
  #canBeLeft(seconds: bigint, ofSeconds: bigint): boolean {
    const ageSeconds = Math.ceil((performance.now() - this.#openedAtMs) / 1000)
    return seconds <= ofSeconds && seconds >= ofSeconds - BigInt(ageSeconds) - 1n
  }

  async #hash(): Promise<number> {
    return (await this.#wire.call(Maintenance.hashKV, HashKVRequest.create({}))).hash
  }

  async everything(): Promise<Outcome> {
    return outcomeOf(this.#wire.range('\0', { end: '\0' }))
  }

  async close(): Promise<void> {
    this.#master.close()
    for (const log of this.#logs) log.close()
    await this.#wire.close()
  }

  async #openStreams(startRevision: bigint): Promise<void> {
    const all = WatchCreateRequest.create({ key: latin1('\0'), rangeEnd: latin1('\0'), startRevision, prevKv: true })
    this.#masterWatcher = (await this.#master.create(all)).watcher
    this.#logs = Array.from({ length: streams }, () => new WatchLog(this.#wire.connection))
  }
}
