import { type Clock, messageOf } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import { RetryBudget } from '@waypost/registry/balance'
import type { BreakerRule, RetryRule, Route, RouteTable } from '../routes/route.ts'
import type { Target } from '../routes/target.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import type { Connections } from './connections.ts'
import type { OpenView, TargetView } from './target-view.ts'

/** A target that is followed, with what is known of it by its requests. */
export interface Upstream {
  readonly target: Target
  /** Absent until it has been opened, which takes a turn of the event loop. */
  readonly view: TargetView | undefined
  readonly ready: Promise<void>
}

interface Entry extends Upstream {
  view: TargetView | undefined
  isWanted: boolean
}

/** What requests of one route to one target share: it stays when the table is swapped. */
export interface Traffic {
  readonly budget: RetryBudget
  readonly breaker: Breaker | undefined
}

interface KnownTraffic extends Traffic {
  readonly retries: RetryRule
  readonly rule: BreakerRule | undefined
}

/** Follows the targets of the table, and no others. */
export class Upstreams {
  readonly #open: OpenView
  readonly #connections: Connections
  readonly #clock: Clock
  readonly #warn: (message: string) => void
  readonly #entries = new Map<string, Entry>()
  readonly #traffic = new Map<string, Map<string, KnownTraffic>>()
  #isClosed = false

  constructor(open: OpenView, connections: Connections, clock: Clock, warn: (message: string) => void) {
    this.#open = open
    this.#connections = connections
    this.#clock = clock
    this.#warn = warn
  }

  /** All that are followed, for the admin view. */
  get all(): Iterable<Upstream> {
    return this.#entries.values()
  }

  get(target: Target): Upstream {
    return this.#entries.get(target.key) ?? this.#follow(target)
  }

  traffic(route: Route, target: Target, retries: RetryRule, breaker: BreakerRule | undefined): Traffic {
    const known = this.#traffic.get(route.name)?.get(target.key)
    if (known !== undefined && known.retries === retries && known.rule === breaker) return known
    return this.#newTraffic(route, target, retries, breaker, known)
  }

  /** The breakers that hold requests back, by route: open, or waiting for one request to find out. */
  openBreakers(): Record<string, Exclude<BreakerState, 'closed'>> {
    const found: Record<string, Exclude<BreakerState, 'closed'>> = {}
    for (const [route, ofRoute] of this.#traffic) {
      for (const { breaker } of ofRoute.values()) {
        const state = breaker?.state ?? 'closed'
        if (state === 'open' || (state === 'half-open' && found[route] === undefined)) found[route] = state
      }
    }
    return found
  }

  /** Follows what the table names, and lets go of what it no longer names. */
  setTable(table: RouteTable): void {
    const wanted = new Set(table.targets.map(({ key }) => key))
    for (const target of table.targets) this.get(target)
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue
      this.#entries.delete(key)
      entry.isWanted = false
      this.#letGo(entry)
    }
    const names = new Set(table.routes.map(({ name }) => name))
    for (const name of this.#traffic.keys()) if (!names.has(name)) this.#traffic.delete(name)
  }

  /** Settles when the first lists of all targets are there, or cannot be had. */
  async ready(): Promise<void> {
    await Promise.allSettled([...this.#entries.values()].map(({ ready }) => ready))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map((entry) => entry.view?.close()))
    this.#connections.close()
  }

  #follow(target: Target): Entry {
    const opened = this.#open(target).then((view) => {
      entry.view = view
      if (!entry.isWanted || this.#isClosed) return view.close()
      void this.#watch(view)
      return view.ready
    })
    opened.catch((error) => this.#warn(`Cannot follow the service ${target.service}: ${messageOf(error)}`))
    const entry: Entry = { target, view: undefined, ready: opened, isWanted: true }
    this.#entries.set(target.key, entry)
    return entry
  }

  async #watch(view: TargetView): Promise<void> {
    for await (const { removed, changed } of view.changes()) {
      for (const { instance } of removed) this.#retire(instance)
      for (const { previous, current } of changed) if (previous.address !== current.address) this.#retire(previous)
    }
  }

  /** The table no longer names it: its requests in flight go on, on connections that nobody else will use. */
  #letGo({ view }: Entry): void {
    if (view === undefined) return
    const { instances } = view
    void view.close()
    for (const instance of instances) this.#retire(instance)
  }

  /** Another target may show the same instance. */
  #retire(instance: Instance): void {
    for (const { view } of this.#entries.values()) {
      if (view?.instances.some(({ address, scheme }) => address === instance.address && scheme === instance.scheme))
        return
    }
    this.#connections.retire(instance)
  }

  #newTraffic(
    route: Route,
    target: Target,
    retries: RetryRule,
    rule: BreakerRule | undefined,
    known: KnownTraffic | undefined,
  ): KnownTraffic {
    const { budgetShare: share, budgetMinPerSecond: minPerSecond } = retries
    const keepsBudget = known?.retries.budgetShare === share && known.retries.budgetMinPerSecond === minPerSecond
    const keepsBreaker = known !== undefined && JSON.stringify(known.rule) === JSON.stringify(rule)
    const traffic: KnownTraffic = {
      retries,
      rule,
      budget: keepsBudget ? known.budget : new RetryBudget({ share, minPerSecond }, this.#clock),
      breaker: keepsBreaker ? known.breaker : rule && new Breaker(rule, this.#clock),
    }
    const ofRoute = this.#traffic.get(route.name) ?? new Map<string, KnownTraffic>()
    this.#traffic.set(route.name, ofRoute)
    ofRoute.set(target.key, traffic)
    return traffic
  }
}
