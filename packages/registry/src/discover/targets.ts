import type { Instance } from '../record/instance.ts'
import type { Delta, RemovalReason } from './service-changes.ts'
import { isLater, type Target } from './target.ts'

/** The records of one address when there is more than one. */
interface Neighbours {
  readonly members: Set<Target>
  latest: Target
}

/**
 * The records of one service, and which of them are shown. Records with one address are one target: only the latest is
 * shown, together with others on its lease, which are of the same process. An earlier record on another lease is what
 * a process left behind that ended without deregistering, before it or another one took the address again.
 *
 * Changes are collected and take effect together in `settle`.
 */
export class Targets {
  readonly #targets = new Map<string, Target>()
  /** Most addresses have one record, which then stands there by itself. */
  readonly #byAddress = new Map<string, Target | Neighbours>()
  readonly #shown = new Map<string, Instance>()
  readonly #touched = new Set<string>()
  readonly #reasons = new Map<string, RemovalReason>()

  /** What consumers see, by key. */
  get shown(): ReadonlyMap<string, Instance> {
    return this.#shown
  }

  get all(): Iterable<Target> {
    return this.#targets.values()
  }

  get(key: string): Target | undefined {
    return this.#targets.get(key)
  }

  put(target: Target): void {
    const { key } = target.instance
    this.#leave(this.#targets.get(key))
    this.#targets.set(key, target)
    this.#touched.add(key)
    this.#reasons.delete(key)
    this.#join(target)
  }

  remove(key: string, reason: RemovalReason): void {
    const target = this.#targets.get(key)
    if (target === undefined) return
    this.#targets.delete(key)
    this.#touched.add(key)
    this.#reasons.set(key, reason)
    this.#leave(target)
  }

  /** The other records with the address of this one. */
  neighbours(target: Target): Target[] {
    const at = this.#byAddress.get(target.instance.address)
    return at !== undefined && 'members' in at ? [...at.members].filter((other) => other !== target) : []
  }

  /** What has changed for consumers since the last call. */
  settle(): Map<string, Delta> {
    const deltas = new Map<string, Delta>()
    for (const key of this.#touched) {
      const before = this.#shown.get(key)
      const target = this.#targets.get(key)
      const after = target && this.#isShown(target) ? target.instance : undefined
      if (before === after) continue
      if (after !== undefined) {
        this.#shown.set(key, after)
        deltas.set(key, { before, after })
      } else if (before !== undefined) {
        this.#shown.delete(key)
        deltas.set(key, { before, after, reason: this.#reasons.get(key) ?? 'replaced' })
      }
    }
    this.#touched.clear()
    this.#reasons.clear()
    return deltas
  }

  #isShown(target: Target): boolean {
    const at = this.#byAddress.get(target.instance.address)
    if (at === undefined || !('members' in at)) return true
    return target === at.latest || (target.lease !== 0n && target.lease === at.latest.lease)
  }

  #join(target: Target): void {
    const { address } = target.instance
    const at = this.#byAddress.get(address)
    if (at === undefined) {
      this.#byAddress.set(address, target)
      return
    }
    const neighbours = 'members' in at ? at : { members: new Set([at]), latest: at }
    this.#byAddress.set(address, neighbours)
    neighbours.members.add(target)
    if (isLater(target, neighbours.latest)) this.#lead(neighbours, target)
  }

  #leave(target: Target | undefined): void {
    if (target === undefined) return
    const { address } = target.instance
    const at = this.#byAddress.get(address)
    if (at === undefined || !('members' in at)) {
      this.#byAddress.delete(address)
      return
    }
    at.members.delete(target)
    const [first] = at.members
    if (first === undefined) return
    if (at.latest === target) {
      this.#lead(
        at,
        [...at.members].reduce((latest, other) => (isLater(other, latest) ? other : latest)),
      )
    }
    if (at.members.size === 1) this.#byAddress.set(address, first)
  }

  /** Another record is now the latest of its address: who is shown there may change. */
  #lead(neighbours: Neighbours, latest: Target): void {
    neighbours.latest = latest
    for (const { instance } of neighbours.members) this.#touched.add(instance.key)
  }
}
