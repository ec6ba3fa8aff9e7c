import { setTimeout as sleep } from 'node:timers/promises'
import type { Change } from '../crash/operation.ts'
import { Crowd } from './crowd.ts'
import type { Fault, FaultStore } from './fault-store.ts'
import { Ledger } from './ledger.ts'
import type { LoadWriter } from './load-writer.ts'
import { judgeHistory, judgeLeases, judgeTold } from './verdict.ts'
import type { WatchObserver } from './watch-observer.ts'
import { Witness } from './witness.ts'

/** Everybody goes on within this time, or the run fails. */
const recoverWithinMs = 20_000
/** From when the store can serve again until a client that was elsewhere has found it. */
const findWithinMs = 2_500
/** So often a writer succeeds before a fault, and after it, before the round is judged. */
const beatsToGoOn = 8

/** What one fault cost, in milliseconds. */
export interface Recovery {
  readonly fault: string
  /** From when the store could serve again until the last writer, and the last watch, went on. */
  readonly writesAgainMs: number
  readonly watchesAgainMs: number
  /** The longest that a writer went without an acknowledged write. */
  readonly writePauseMs: number
  readonly lostLeases: number
}

/**
 * Clients that write, watch, cache and hold leases while faults happen to their store, and a checker that knows
 * every operation that was acknowledged. One `round` per fault.
 */
export class FaultRun {
  readonly #ledger = new Ledger()
  readonly #crowd: Crowd
  readonly #witness: Witness
  readonly #state = new Map<string, string>()
  /** A lease that was renewed a third of its life ago outlives a store that is away for so long. */
  readonly #bearableMs: number
  /** The first revision that was not judged yet. */
  #next = 0n

  private constructor(store: FaultStore, leaseTtlSeconds: number) {
    this.#crowd = new Crowd(store)
    this.#witness = new Witness(store)
    this.#bearableMs = (leaseTtlSeconds * 2_000) / 3 - findWithinMs
  }

  static async start(store: FaultStore, random: () => number, leaseTtlSeconds: number): Promise<FaultRun> {
    const run = new FaultRun(store, leaseTtlSeconds)
    try {
      run.#next = await run.#witness.begin()
      await run.#crowd.gather(run.#ledger, random, leaseTtlSeconds, run.#next)
      return run
    } catch (error) {
      await run.close()
      throw error
    }
  }

  /** Writes that were acknowledged, and those of unknown outcome, so far. */
  get counts(): { readonly acknowledged: number; readonly unknown: number } {
    return { acknowledged: this.#ledger.acknowledged, unknown: this.#ledger.unknown }
  }

  /** Lets a fault happen under load and judges everything since the last one. */
  async round(fault: Fault): Promise<Recovery> {
    const { writers, owners, watches } = this.#crowd
    const lostBefore = this.#crowd.lostLeases
    for (const { pulse } of [...writers, ...watches]) pulse.clear()
    for (const owner of owners) owner.quiet = false
    const load = writers.map((writer) => writer.run())
    let struckMs = Number.NaN
    let ableMs = Number.NaN
    try {
      await this.#allBeat('before the fault')
      await within(
        () => owners.every(({ isCalm }) => isCalm),
        () => 'not every lease is renewed before the fault',
      )
      await fault.strike({
        struck: () => {
          struckMs = performance.now()
        },
        ableAgain: () => {
          ableMs = performance.now()
        },
        cutDistant: () => this.#crowd.setDistantCut(true),
        healDistant: () => this.#crowd.setDistantCut(false),
        record: () => this.#witness.record(),
      })
      await this.#allBeat(`after: ${fault.name}`)
    } finally {
      for (const writer of writers) writer.stop()
      for (const owner of owners) owner.quiet = true
      await Promise.all(load)
    }
    const fromMs = Number.isNaN(ableMs) ? struckMs : ableMs
    await this.#judge(fault)
    const lostLeases = this.#crowd.lostLeases - lostBefore
    if (lostLeases > 0 && fromMs - struckMs <= this.#bearableMs) {
      throw new Error(
        `${lostLeases} leases were lost that could be kept: the store was away for ${fromMs - struckMs} ms.`,
      )
    }
    const again = (who: readonly (LoadWriter | WatchObserver)[]): number =>
      Math.max(...who.map(({ pulse }) => (pulse.firstAfter(fromMs) ?? Number.NaN) - fromMs))
    return {
      fault: fault.name,
      writesAgainMs: again(writers),
      watchesAgainMs: again(watches),
      writePauseMs: Math.max(...writers.map(({ pulse }) => pulse.longestPauseMs)),
      lostLeases,
    }
  }

  close(): Promise<void> {
    return this.#crowd.close()
  }

  async #allBeat(when: string): Promise<void> {
    const sinceMs = performance.now()
    const late = (): LoadWriter | undefined =>
      this.#crowd.writers.find(({ pulse }) => pulse.countSince(sinceMs) < beatsToGoOn)
    await within(
      () => late() === undefined,
      () => `${late()?.name} does not write ${when}`,
    )
  }

  async #judge(fault: Fault): Promise<void> {
    const { caches, watches, owners } = this.#crowd
    for (;;) {
      await this.#witness.mark(this.#ledger)
      const current = await this.#witness.record()
      await this.#caughtUp(current)
      // A write of unknown outcome may still come in.
      const isStill = (await this.#witness.record()) === current
      if (isStill && caches.every(({ cache }) => cache.revision <= current)) break
    }
    const history = this.#witness.take()
    judgeHistory(history, this.#next, this.#ledger, this.#state)
    this.#next = (history.at(-1)?.revision ?? 0n) + 1n
    for (const watch of watches) {
      if (watch.gaps.length > 0 && !fault.excusesGaps) throw new Error(`${watch.name} found its history compacted.`)
      judgeWatch(watch, history)
    }
    for (const cache of caches) {
      const difference = cache.differenceFrom(this.#state)
      if (difference !== undefined) throw new Error(`${cache.name}: ${difference}.`)
    }
    judgeLeases(owners, watches)
    const complaint = this.#crowd.complaint ?? this.#ledger.complaints[0]
    if (complaint !== undefined) throw new Error(complaint)
  }

  async #caughtUp(revision: bigint): Promise<void> {
    const { watches, caches } = this.#crowd
    const late = (): string | undefined =>
      watches.find(({ next }) => next <= revision)?.name ??
      caches.find(({ cache, isTaken }) => cache.revision < revision || cache.staleSince !== undefined || !isTaken)?.name
    await within(
      () => late() === undefined || this.#crowd.complaint !== undefined,
      () => `${late()} has not come to ${revision}`,
    )
    if (this.#crowd.complaint !== undefined) throw new Error(this.#crowd.complaint)
  }
}

/** Takes from a watch what it told of this history, and holds it to that. */
function judgeWatch(watch: WatchObserver, history: readonly Change[]): void {
  const last = history.at(-1)?.revision ?? 0n
  const told = watch.told.filter(({ revision }) => revision <= last)
  const seen = history.filter(({ revision }) => !watch.gaps.some(({ from, to }) => revision >= from && revision <= to))
  watch.told = watch.told.filter(({ revision }) => revision > last)
  watch.gaps.length = 0
  judgeTold(watch.name, told, seen)
}

async function within(isSo: () => boolean, complaint: () => string): Promise<void> {
  const deadlineMs = performance.now() + recoverWithinMs
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`For ${recoverWithinMs} ms, ${complaint()}.`)
    await sleep(20)
  }
}
