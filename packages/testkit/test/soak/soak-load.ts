import { setTimeout as sleep } from 'node:timers/promises'
import { DefragmentRequest, Maintenance } from '@waypost/protocol'
import { op, when } from '../../src/wire/requests.ts'
import { Wire } from '../../src/wire/wire.ts'
import { takeSnapshot } from '../crash/snapshot-revision.ts'

const keys = 2_000
/** How much history stays. */
const keptRevisions = 2_000n

/** Everything that clients do, mixed, at a rate that leaves the machine room for others. */
export class SoakLoad {
  readonly #url: string
  readonly #random: () => number
  #isOver = false
  /** Calls that were answered, by what they did. */
  readonly done = { write: 0, range: 0, watched: 0, lease: 0, compaction: 0, defragment: 0, snapshot: 0 }

  constructor(url: string, random: () => number) {
    this.#url = url
    this.#random = random
  }

  /** Runs until `stop`; rejects when anything is refused. */
  async run(): Promise<void> {
    const wires = Array.from({ length: 5 }, () => new Wire(this.#url))
    const [writes, ranges, watches, leases, upkeep] = wires as [Wire, Wire, Wire, Wire, Wire]
    const loops = [
      ...Array.from({ length: 6 }, () => this.#loop(2, () => this.#write(writes))),
      ...Array.from({ length: 4 }, () => this.#loop(2, () => this.#range(ranges))),
      ...Array.from({ length: 3 }, () => this.#loop(20, () => this.#watch(watches))),
      this.#loop(10, () => this.#lease(leases)),
      this.#loop(1_000, () => this.#compact(upkeep)),
      this.#loop(20_000, () => this.#upkeep(upkeep)),
    ]
    try {
      await Promise.all(loops)
    } finally {
      this.#isOver = true
      for (const wire of wires) wire.connection.destroy()
    }
  }

  stop(): void {
    this.#isOver = true
  }

  async #loop(pauseMs: number, step: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      await step()
      for (let left = pauseMs; left > 0 && !this.#isOver; left -= 100) await sleep(Math.min(left, 100))
    }
  }

  #key(): string {
    return `soak/${Math.floor(this.#random() * keys)}`
  }

  async #write(wire: Wire): Promise<void> {
    const value = 'x'.repeat(this.#random() * 2_000)
    const kind = this.#random()
    if (kind < 0.8) await wire.put(this.#key(), value)
    else if (kind < 0.9) await wire.delete(this.#key())
    else {
      const key = this.#key()
      await wire.txn({
        compare: [when.version(key, '>', 0n)],
        success: [op.delete(key)],
        failure: [op.put(key, value)],
      })
    }
    this.done.write += 1
  }

  async #range(wire: Wire): Promise<void> {
    const limit = this.#random() < 0.9 ? 1n : 200n
    await wire.range(this.#key(), { end: 'soak0', limit })
    this.done.range += 1
  }

  /** A watcher that comes, hears of something old or new, and goes. */
  async #watch(wire: Wire): Promise<void> {
    const { header } = await wire.range('soak/')
    const watch = wire.watch()
    const back = BigInt(Math.floor(this.#random() * 500))
    const revision = header?.revision ?? 1n
    await watch.create('soak/', { end: 'soak0', prevKv: true, startRevision: revision > back ? revision - back : 1n })
    await watch.next()
    await watch.close()
    this.done.watched += 1
  }

  async #lease(wire: Wire): Promise<void> {
    const { id } = await wire.grant(5n)
    await wire.put(`leased/${id}`, 'x', { lease: id })
    await wire.keepAlive(id)
    // The others expire.
    if (this.#random() < 0.5) await wire.revoke(id)
    this.done.lease += 1
  }

  async #compact(wire: Wire): Promise<void> {
    const { header } = await wire.range('soak/')
    const revision = (header?.revision ?? 0n) - keptRevisions
    if (revision < 2n) return
    await wire.compact(revision)
    this.done.compaction += 1
  }

  async #upkeep(wire: Wire): Promise<void> {
    if (this.#random() < 0.5) {
      await wire.call(Maintenance.defragment, DefragmentRequest.create({}))
      this.done.defragment += 1
    } else {
      await takeSnapshot(wire)
      this.done.snapshot += 1
    }
  }
}
