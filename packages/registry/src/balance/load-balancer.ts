import { type Clock, systemClock, type Timer } from '@waypost/core'
import type { Instance } from '../record/instance.ts'
import { algorithms } from './algorithms.ts'
import type { BalanceSettings } from './balance-options.ts'
import { type Balancer, checkPickOptions, type Outcome, type PickOptions, takesTraffic } from './balancer.ts'
import { Candidate } from './candidate.ts'
import { isUsable, Outliers, type Panic } from './outliers.ts'
import { observeLatency } from './peak-ewma.ts'
import { Pool } from './pool.ts'
import { SlowStart } from './slow-start.ts'
import { Zones } from './zones.ts'

/** How often weights of slow starters and blocks are looked at. */
const tickMs = 1_000

const noOptions: PickOptions = {}

/**
 * An algorithm among the instances that can be used: those that take traffic, less those that fail, with newcomers
 * eased in and the caller's zone preferred. What changes is told instance by instance, so that a change costs
 * O(log n), and a pick costs the algorithm alone.
 */
export class LoadBalancer implements Balancer {
  readonly #settings: BalanceSettings
  readonly #clock: Clock
  readonly #random: () => number
  readonly #candidates = new Map<string, Candidate>()
  readonly #everyone: Pool
  readonly #outliers: Outliers
  readonly #slowStart: SlowStart
  /** Made when somebody first asks for a zone. */
  #zones: Zones | undefined
  #active = 0
  #panic: Panic = 'none'
  #timer: Timer | undefined
  #closed = false

  /** @param first the instances that are there already: they take their full share at once */
  constructor(
    settings: BalanceSettings,
    first: Iterable<Instance> = [],
    clock: Clock = systemClock,
    random: () => number = Math.random,
  ) {
    this.#settings = settings
    this.#clock = clock
    this.#random = random
    this.#outliers = new Outliers(settings)
    this.#slowStart = new SlowStart(settings)
    this.#everyone = this.#newPool()
    for (const instance of first) this.#set(instance, false)
  }

  set(instance: Instance): void {
    this.#set(instance, true)
  }

  load(instance: Instance): void {
    this.#set(instance, false)
  }

  delete(key: string): void {
    const candidate = this.#candidates.get(key)
    if (candidate === undefined) return
    this.#candidates.delete(key)
    this.#deactivate(candidate)
  }

  pick(options: PickOptions = noOptions): Instance | undefined {
    if (options !== noOptions) checkPickOptions(options)
    const zone = options.zone ?? this.#settings.zone
    if (zone === undefined || options.key !== undefined || this.#everyone.size < this.#settings.zoneMinInstances) {
      return this.#everyone.pick(options)?.instance
    }
    this.#zones ??= new Zones(this.#random, () => this.#newPool(), this.#everyone.candidates)
    const pool = this.#zones.route(zone, this.#everyone)
    return (pool.pick(options) ?? this.#everyone.pick(options))?.instance
  }

  begin({ key }: Instance): void {
    const candidate = this.#candidates.get(key)
    if (candidate === undefined) return
    candidate.inFlight += 1
    if (candidate.active && this.#outliers.begin(candidate)) this.#reconsider(candidate)
  }

  end(instance: Instance, outcome: Outcome): void {
    const candidate = this.#candidates.get(instance.key)
    if (candidate === undefined) return
    // Calls that began before the instance was forgotten and found again were not counted.
    if (candidate.inFlight > 0) candidate.inFlight -= 1
    this.#observe(candidate, instance, outcome)
  }

  report(instance: Instance, outcome: Outcome): void {
    const candidate = this.#candidates.get(instance.key)
    if (candidate) this.#observe(candidate, instance, outcome)
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  #set(instance: Instance, joins: boolean): void {
    const known = this.#candidates.get(instance.key)
    const candidate = known ?? new Candidate(instance)
    if (known === undefined) this.#candidates.set(instance.key, candidate)
    else this.#change(known, instance)
    if (takesTraffic(instance)) this.#activate(candidate, joins && !(known === undefined && this.#isWarm(instance)))
    else this.#deactivate(candidate)
  }

  #activate(candidate: Candidate, slowly: boolean): void {
    if (!candidate.active) {
      candidate.active = true
      this.#active += 1
      if (slowly) this.#startSlowly(candidate)
    }
    this.#weigh(candidate)
    this.#place(candidate)
    this.#review()
  }

  #change(candidate: Candidate, instance: Instance): void {
    const before = candidate.instance
    if (before.zone !== instance.zone) this.#unpool(candidate)
    candidate.instance = instance
    if (before.suspect !== instance.suspect) this.#doubt(candidate)
    if (before.registeredAt === instance.registeredAt && before.address === instance.address) return
    // Another process: what the last one did says nothing of it.
    this.#outliers.drop(candidate)
    candidate.latencyMs = 0
  }

  /** Its record was lost, or is back. */
  #doubt(candidate: Candidate): void {
    candidate.hasAnswered = false
    if (candidate.block === 'unproven') this.#outliers.forget(candidate)
  }

  #deactivate(candidate: Candidate): void {
    if (!candidate.active) return
    candidate.active = false
    this.#active -= 1
    this.#slowStart.end(candidate)
    this.#outliers.forget(candidate)
    this.#unpool(candidate)
    this.#review()
  }

  /** It comes back rather than that it is new, for example after it lost its lease. */
  #isWarm({ registeredAt }: Instance): boolean {
    const ageMs = this.#clock.epochMs() - Date.parse(registeredAt ?? '')
    return ageMs >= this.#slowStart.windowMs
  }

  #observe(candidate: Candidate, instance: Instance, outcome: Outcome): void {
    if (!candidate.active || candidate.instance.address !== instance.address) return
    const nowMs = this.#clock.monotonicMs()
    if (outcome.latencyMs !== undefined) {
      observeLatency(candidate, outcome, nowMs, this.#settings.latencyDecayMs)
    }
    if (!this.#outliers.observe(candidate, outcome.result, this.#active, nowMs)) return
    this.#reconsider(candidate)
    this.#arm()
  }

  /** The candidate is blocked now, or no longer. */
  #reconsider(candidate: Candidate): void {
    this.#review()
    this.#place(candidate)
  }

  #startSlowly(candidate: Candidate): void {
    this.#slowStart.begin(candidate, this.#clock.monotonicMs())
    this.#arm()
  }

  #weigh(candidate: Candidate): void {
    const weight = this.#slowStart.weight(candidate, this.#clock.monotonicMs())
    if (candidate.weight === weight) return
    candidate.weight = weight
    if (!candidate.pooled) return
    this.#everyone.reweigh(candidate)
    this.#zones?.reweigh(candidate)
  }

  /** Puts the candidate into the pools or takes it out. */
  #place(candidate: Candidate): void {
    if (!candidate.active || !isUsable(candidate, this.#panic)) {
      this.#unpool(candidate)
      return
    }
    if (candidate.pooled) return
    candidate.pooled = true
    this.#everyone.add(candidate)
    this.#zones?.add(candidate)
  }

  #unpool(candidate: Candidate): void {
    if (!candidate.pooled) return
    candidate.pooled = false
    this.#everyone.remove(candidate)
    this.#zones?.remove(candidate)
  }

  /** How many can be used has changed. */
  #review(): void {
    const panic = this.#outliers.panic(this.#active)
    if (panic === this.#panic) return
    this.#panic = panic
    for (const candidate of this.#outliers.blocked) this.#place(candidate)
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = this.#clock.after(tickMs, () => this.#tick(), { ref: false })
  }

  #tick(): void {
    this.#timer = undefined
    const released = this.#outliers.release(this.#clock.monotonicMs())
    for (const candidate of released) this.#startSlowly(candidate)
    for (const candidate of this.#slowStart.starting) this.#weigh(candidate)
    for (const candidate of released) this.#place(candidate)
    this.#review()
    if (this.#slowStart.starting.size > 0 || !this.#outliers.isIdle) this.#arm()
  }

  #newPool(): Pool {
    const { algorithm, latencyDecayMs } = this.#settings
    const { create } = algorithms[algorithm]
    const parts = { clock: this.#clock, random: this.#random, latencyDecayMs }
    return new Pool(this.#random, (candidates) => create({ ...parts, candidates }))
  }
}
