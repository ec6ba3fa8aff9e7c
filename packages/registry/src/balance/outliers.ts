import type { BalanceSettings } from './balance-options.ts'
import type { CallResult } from './balancer.ts'
import type { Block, Candidate } from './candidate.ts'

/** Which blocked candidates are used nevertheless, because there are too few others. */
export type Panic = 'none' | 'ejected' | 'everyone'

/** How often an instance that behaves is forgiven one of its ejections, as Envoy does with every sweep. */
const forgiveEveryMs = 10_000
/** Up to this number of instances, half of them may be ejected. */
const few = 10

/**
 * Passive outlier ejection: passes over instances that fail again and again, and those that take no connection.
 *
 * Source of the defaults: Envoy, "Outlier detection"; gRPC proposal A50.
 */
export class Outliers {
  readonly #settings: BalanceSettings
  readonly #blocked = new Set<Candidate>()
  readonly #unforgiven = new Set<Candidate>()
  /** How many are blocked as `unreachable` or `unproven`. */
  #out = 0

  constructor(settings: BalanceSettings) {
    this.#settings = settings
  }

  get blocked(): ReadonlySet<Candidate> {
    return this.#blocked
  }

  /** Whether time changes nothing. */
  get isIdle(): boolean {
    return this.#blocked.size + this.#unforgiven.size === 0
  }

  /** Takes the outcome of a call in. True when the candidate is now blocked, or no longer. */
  observe(candidate: Candidate, result: CallResult, active: number, nowMs: number): boolean {
    const wasUnproven = isUnproven(candidate)
    if (result === 'ok') {
      candidate.consecutiveFailures = 0
      candidate.hasAnswered = true
      return isOut(candidate) && this.forget(candidate)
    }
    if (result === 'unreachable') return this.#block(candidate, 'unreachable', nowMs)
    // A caller that gave up on an instance that may be gone got no answer from it.
    if (wasUnproven) return this.#block(candidate, 'unproven', nowMs)
    if (result === 'abandoned') return false
    candidate.consecutiveFailures += 1
    const { ejectAfterFailures } = this.#settings
    if (ejectAfterFailures === 0 || candidate.consecutiveFailures < ejectAfterFailures) return false
    return this.#mayEject(active) && this.#block(candidate, 'ejected', nowMs)
  }

  /**
   * A call to the candidate begins. One whose record is lost gets no other call until it has answered. True when it is
   * now blocked.
   */
  begin(candidate: Candidate): boolean {
    if (!isUnproven(candidate) || candidate.block !== undefined) return false
    this.#set(candidate, 'unproven', Number.POSITIVE_INFINITY)
    return true
  }

  /** The candidate is blocked no longer. False when it was not. */
  forget(candidate: Candidate): boolean {
    if (!this.#blocked.delete(candidate)) return false
    if (isOut(candidate)) this.#out -= 1
    candidate.block = undefined
    candidate.consecutiveFailures = 0
    return true
  }

  /** The candidate is gone, or is another process by now. */
  drop(candidate: Candidate): void {
    this.forget(candidate)
    this.#unforgiven.delete(candidate)
    candidate.blocks = 0
    candidate.consecutiveFailures = 0
  }

  /** Ends the blocks whose time is up, and says whose. */
  release(nowMs: number): Candidate[] {
    const released = [...this.#blocked].filter(({ blockedUntilMs }) => blockedUntilMs <= nowMs)
    for (const candidate of released) {
      this.forget(candidate)
      candidate.forgiveAtMs = nowMs + forgiveEveryMs
    }
    for (const candidate of this.#unforgiven) {
      if (candidate.block !== undefined || candidate.forgiveAtMs > nowMs) continue
      candidate.blocks -= 1
      candidate.forgiveAtMs = nowMs + forgiveEveryMs
      if (candidate.blocks === 0) this.#unforgiven.delete(candidate)
    }
    return released
  }

  /** @param active how many candidates there are, the blocked ones among them */
  panic(active: number): Panic {
    const reachable = active - this.#out
    if (reachable <= 0) return 'everyone'
    return this.#ejected > reachable * (1 - this.#settings.panicShare) ? 'ejected' : 'none'
  }

  get #ejected(): number {
    return this.#blocked.size - this.#out
  }

  #mayEject(active: number): boolean {
    const share = this.#settings.maxEjectedShare ?? (active <= few ? 0.5 : 0.1)
    return this.#ejected + 1 <= active * share
  }

  #block(candidate: Candidate, block: Block, nowMs: number): boolean {
    const isSame = candidate.block === block && candidate.blockedUntilMs < Number.POSITIVE_INFINITY
    if (isSame || candidate.block === 'unreachable') return false
    // In a panic, those that are ejected are used: one of them may turn out to be gone.
    this.forget(candidate)
    const { ejectionMs, maxEjectionMs } = this.#settings
    candidate.blocks += 1
    this.#set(candidate, block, nowMs + Math.min(maxEjectionMs, ejectionMs * candidate.blocks))
    this.#unforgiven.add(candidate)
    return true
  }

  #set(candidate: Candidate, block: Block, untilMs: number): void {
    candidate.block = block
    candidate.blockedUntilMs = untilMs
    this.#blocked.add(candidate)
    if (isOut(candidate)) this.#out += 1
  }
}

/** Whether it counts as if it were not there. */
function isOut({ block }: Candidate): boolean {
  return block === 'unreachable' || block === 'unproven'
}

function isUnproven({ instance, hasAnswered }: Candidate): boolean {
  return instance.suspect && !hasAnswered
}

/** Whether a candidate is used in spite of its block. */
export function isUsable({ block }: Candidate, panic: Panic): boolean {
  return block === undefined || panic === 'everyone' || (panic === 'ejected' && block === 'ejected')
}
