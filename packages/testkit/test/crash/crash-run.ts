import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DefragmentRequest, Maintenance } from '@waypost/protocol'
import { RpcError } from '@waypost/rpc'
import { text } from '../../src/wire/view.ts'
import { Wire } from '../../src/wire/wire.ts'
import type { CrashableServer } from './crashable-server.ts'
import { readChanges, readForever, type Sighting, watchChanges } from './observer.ts'
import type { Change } from './operation.ts'
import { snapshotRevision } from './snapshot-revision.ts'
import { judge, judgeRead, judgeWatched } from './verdict.ts'
import { Writer } from './writer.ts'

const writerCount = 12

/** How many writes are acknowledged, at least, in the rounds that do not end early: however slow the machine is. */
const writesPerRound = 12
const patienceMs = 20_000

/** Rounds of load, kill -9, restart and verdict on one data directory. */
export class CrashRun {
  readonly #server: CrashableServer
  readonly #random: () => number
  readonly #writers: readonly Writer[]
  /** Up to here everything has been judged. */
  #judged = 1n
  #compacted = 0n
  /** The cluster id: whoever answers with another one is not the server of this directory. */
  #identity: bigint | undefined
  /** Acknowledged writes that were found again. */
  kept = 0
  #rounds = 0

  constructor(server: CrashableServer, random: () => number) {
    this.#server = server
    this.#random = random
    this.#writers = Array.from({ length: writerCount }, (_, index) => new Writer(index, random))
  }

  /** The first start. */
  async begin(): Promise<void> {
    await this.#server.launch()
    await this.#server.serving()
    await using wire = new Wire(this.#server.url)
    await this.#currentRevision(wire)
  }

  async round(): Promise<void> {
    const first = this.#judged + 1n
    const watched: Change[] = []
    const read = new Map<string, Sighting>()
    const connections = Array.from({ length: 4 }, () => new Wire(this.#server.url))
    const wireFor = (index: number): Wire => connections[index % connections.length] as Wire
    const reading = readForever(wireFor(1), read)
    const snapshots = this.#snapshotSometimes(wireFor(3))
    const load = [
      ...this.#writers.map((writer, index) => writer.run(wireFor(index))),
      watchChanges(wireFor(2), first, watched),
      this.#compactSometimes(wireFor(3)),
      this.#defragmentSometimes(wireFor(0)),
    ]
    // An observer that finds something wrong says so at once; the load itself never fails.
    await Promise.race([this.#someTime(), Promise.all([reading, snapshots])])
    await this.#server.crash()
    await Promise.all(load)
    const highest = [await reading, await snapshots]
    for (const wire of connections) wire.connection.destroy()

    await this.#restart()
    await this.#judge(first, watched, read, highest)
  }

  /** In every other round not before some writes were acknowledged. */
  async #someTime(): Promise<void> {
    const enough = this.#rounds % 2 === 0 ? writesPerRound : 0
    this.#rounds += 1
    await sleep(this.#random() * 350)
    for (let waitedMs = 0; this.#acknowledged < enough && waitedMs < patienceMs; waitedMs += 5) await sleep(5)
  }

  get #acknowledged(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0)
  }

  /** Now and then it crashes again while it recovers. */
  async #restart(): Promise<void> {
    while (this.#random() < 0.25) {
      await this.#server.launch()
      await sleep(this.#random() * 400)
      await this.#server.crash()
    }
    await this.#server.launch()
    await this.#server.serving()
  }

  async #compactSometimes(wire: Wire): Promise<void> {
    if (this.#random() < 0.5 || this.#judged <= this.#compacted) return
    await sleep(this.#random() * 150)
    const revision = this.#judged
    try {
      await wire.compact(revision, { physical: this.#random() < 0.5 })
      this.#compacted = revision
    } catch {
      // The crash came first; whether it was applied shows in the next round's refusal.
    }
  }

  /** Again and again until the crash, so that it comes at any point of it. */
  async #defragmentSometimes(wire: Wire): Promise<void> {
    if (this.#random() < 0.5) return
    try {
      for (;;) await wire.call(Maintenance.defragment, DefragmentRequest.create({}))
    } catch {
      // The crash came.
    }
  }

  /** The same with snapshots. Resolves to the revision of the last whole one. */
  async #snapshotSometimes(wire: Wire): Promise<bigint> {
    let highest = 0n
    if (this.#random() < 0.5) return highest
    try {
      for (;;) highest = await snapshotRevision(wire)
    } catch (error) {
      // Anything but the crash is a snapshot that is not whole.
      if (!RpcError.is(error)) throw error
      return highest
    }
  }

  async #judge(
    first: bigint,
    watched: readonly Change[],
    read: Map<string, Sighting>,
    highest: readonly bigint[],
  ): Promise<void> {
    await using wire = new Wire(this.#server.url)
    const current = await this.#currentRevision(wire)
    const told = [...highest, watched.at(-1)?.revision ?? 0n]
    for (const writer of this.#writers) told.push(writer.acknowledged.at(-1)?.revision ?? 0n)
    for (const revision of told) {
      if (revision > current) throw new Error(`The revision went back: ${revision} was told, and it is ${current}.`)
    }
    for (const { prefix, refusal } of this.#writers)
      if (refusal) throw new Error(`A request of ${prefix} was refused.`, { cause: refusal })
    const history = await readChanges(wire, first, current)
    judgeWatched(watched, history)
    judgeRead(read.values(), history, first)
    this.kept += this.#acknowledged
    judge(history, first, this.#writers)
    await this.#judgeLeases(wire)
    await this.#judgeState(wire)
    await this.#judgeCompaction(wire)
    this.#judgeFiles()
    this.#judged = current
  }

  async #currentRevision(wire: Wire): Promise<bigint> {
    const { header } = await wire.range('\0', { end: '\0', countOnly: true, limit: 1n })
    if (!header) throw new Error('A response came without its header.')
    this.#identity ??= header.clusterId
    if (header.clusterId !== this.#identity)
      throw new Error(`The cluster id was ${this.#identity} and is ${header.clusterId}: this is another store.`)
    return header.revision
  }

  async #judgeLeases(wire: Wire): Promise<void> {
    const there = new Set((await wire.leases()).leases.map((lease) => lease.id))
    for (const writer of this.#writers) {
      const lease = writer.pending?.lease
      if (writer.pending && lease && writer.pending.effects.length === 0) {
        // A request without a revision shows only in the leases.
        const applied = 'granted' in lease ? there.has(lease.granted) : !there.has(lease.revoked)
        if (applied) writer.apply(writer.pending)
      }
      writer.pending = undefined
      for (const id of writer.leases) {
        if (!there.delete(id)) throw new Error(`Lease ${id} of ${writer.prefix} is gone.`)
      }
    }
    if (there.size > 0) throw new Error(`Leases ${[...there].join(', ')} are there that nobody has.`)
  }

  /** Every key, also those that have not changed for many rounds, holds what it should. */
  async #judgeState(wire: Wire): Promise<void> {
    const { kvs } = await wire.range('\0', { end: '\0' })
    const now = new Map(kvs.map((kv) => [text(kv.key), text(kv.value)]))
    for (const { keys } of this.#writers) {
      for (const [key, value] of keys) {
        if (now.get(key) !== value)
          throw new Error(`${key} should hold ${value.slice(0, 12)} and holds ${now.get(key)?.slice(0, 12)}.`)
        now.delete(key)
      }
    }
    if (now.size > 0) throw new Error(`Keys are there that should not be: ${[...now.keys()].join(', ')}.`)
  }

  /** What an interrupted defragmentation or snapshot has left is gone. */
  #judgeFiles(): void {
    const names = readdirSync(this.#server.dataDir)
    const wanted = names.filter((name) => ['FORMAT', 'HEAD', 'OWNER', 'log'].includes(name))
    const trees = names.filter((name) => name.startsWith('tree'))
    if (wanted.length !== 4 || trees.length !== 1 || names.length !== 5)
      throw new Error(`The data directory holds ${names.join(', ')}.`)
  }

  /** An acknowledged compaction stays. */
  async #judgeCompaction(wire: Wire): Promise<void> {
    if (this.#compacted < 2n) return
    const answer = await wire.range('a', { revision: this.#compacted - 1n }).catch(String)
    if (typeof answer !== 'string' || !answer.includes('compacted')) {
      throw new Error(`The compaction at ${this.#compacted} was acknowledged and is forgotten.`)
    }
  }
}
