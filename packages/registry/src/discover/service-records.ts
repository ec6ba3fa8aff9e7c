import type { CacheChange, EtcdClient } from '@waypost/client'
import { type Clock, deepFreeze, type WorkLine } from '@waypost/core'
import type { ResolvedGuard } from '../guard/guard-options.ts'
import { Losses } from '../guard/losses.ts'
import { withOverride } from '../operate/override.ts'
import type { Instance, RecordProblem } from '../record/instance.ts'
import type { Override } from '../record/override.ts'
import { readInstance } from '../record/read-instance.ts'
import { isLoss, isWaitedFor, reasonOf } from './removal.ts'
import type { Delta, RemovalReason } from './service-changes.ts'
import { isLater, type Target } from './target.ts'
import { Targets } from './targets.ts'
import { whoLeft } from './who-left.ts'

/** How many records are read or changed at a time when there are very many. */
const partLength = 50

/** The most records that are read or changed at once. */
export const itemsAtOnce = 200

/** What has changed for consumers. */
export interface RecordChanges {
  readonly deltas: ReadonlyMap<string, Delta>
  readonly unreadable: readonly RecordProblem[]
  /** Whether somebody may wait for this process to have seen it. */
  readonly isAwaited: boolean
}

export interface ServiceRecordsParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  /** `undefined`: every loss is believed at once. */
  readonly guard: ResolvedGuard | undefined
  readonly overrideOf: (id: string) => Override | undefined
  /** Where what the guard decides about very many records is done. */
  readonly line: WorkLine
  readonly onChanges: (changes: RecordChanges) => void
}

/**
 * The records of one service: parsed once, with operators' overrides applied, one for each address, and with the losses
 * that the guard does not believe.
 */
export class ServiceRecords {
  readonly #service: string
  readonly #parts: ServiceRecordsParts
  readonly #targets = new Targets()
  readonly #problems = new Map<string, RecordProblem>()
  /** Records that were not written again since a later one had their address. */
  readonly #replaced = new Set<string>()
  readonly #losses: Losses<Target> | undefined
  /** How many are shown as up. */
  #up = 0
  #closed = false

  constructor(service: string, parts: ServiceRecordsParts) {
    const { etcd, clock, guard } = parts
    this.#service = service
    this.#parts = parts
    this.#losses =
      guard &&
      new Losses<Target>({
        etcd,
        clock,
        guard,
        onSuspect: (keys) => this.#suspect(keys),
        onRevived: (targets) => this.#revive(targets),
        onGone: (gone) => this.#remove(gone),
      })
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.#targets.shown
  }

  get problems(): Iterable<RecordProblem> {
    return this.#problems.values()
  }

  get holdingSince(): Date | undefined {
    return this.#losses?.holdingSince
  }

  /** A connection to the instance was refused: when its record is lost, it is gone. */
  refused(key: string): void {
    // One that is gone by now would be remembered forever.
    if (this.#targets.get(key)) this.#losses?.refused(key)
  }

  /** The instance has answered. */
  answered(key: string): void {
    this.#losses?.answered(key)
  }

  /** @param isRelisted whether states in between may have been missed */
  take(changes: readonly CacheChange[], isRelisted: boolean): void {
    const unreadable: RecordProblem[] = []
    const lost: Target[] = []
    const arrived: { readonly target: Target; readonly isNew: boolean }[] = []
    let isAwaited = false
    for (const change of changes) {
      const { key, current } = change
      const known = this.#targets.get(key)
      const { instance, problem } = this.#read(change)
      if (problem) {
        this.#problems.set(key, problem)
        unreadable.push(problem)
      } else this.#problems.delete(key)
      if (change.type !== 'removed') this.#losses?.present(key)
      else if (known && this.#losses && isLoss(known.instance, change)) {
        lost.push(known)
        continue
      } else this.#losses?.forget(key)
      if (isWaitedFor(known?.instance, instance)) isAwaited = true
      this.#replaced.delete(key)
      if (instance && current) {
        const target = { instance, lease: current.lease, createRevision: current.createRevision }
        this.#targets.put(target)
        arrived.push({ target, isNew: known === undefined })
      } else if (known) this.#targets.remove(key, reasonOf(change, known.instance, problem))
    }
    for (const { target, isNew } of arrived) this.#replace(target, isNew)
    const losses = this.#lossesAmong(lost)
    this.#settle(unreadable, isAwaited)
    if (losses.length === 0) return
    this.#losses?.lose(losses, this.#up)
    // They may have said `leaving` in a part of the history that was compacted.
    if (isRelisted) void this.#findWhoLeft()
  }

  /** The same for very many changes, which take effect in parts. */
  *takeInParts(changes: readonly CacheChange[], isRelisted: boolean): Generator<void, void> {
    if (changes.length <= itemsAtOnce) {
      this.take(changes, isRelisted)
      return
    }
    for (let start = 0; start < changes.length && !this.#closed; start += partLength) {
      this.take(changes.slice(start, start + partLength), isRelisted)
      yield
    }
  }

  /** The overrides of these ids have changed. */
  override(ids: ReadonlySet<string>): void {
    let isAwaited = false
    for (const target of [...this.#targets.all]) {
      const { instance: before } = target
      if (!ids.has(before.id)) continue
      const instance = withOverride(before, this.#parts.overrideOf(before.id))
      if (isWaitedFor(before, instance)) isAwaited = true
      this.#targets.put({ ...target, instance })
    }
    this.#settle([], isAwaited)
  }

  close(): void {
    this.#closed = true
    this.#losses?.close()
  }

  #read({ key, current }: CacheChange): {
    readonly instance?: Instance | undefined
    readonly problem?: RecordProblem | undefined
  } {
    if (current === undefined) return {}
    const { instance, problem } = readInstance(key, current.bytes, current.modRevision)
    const isPartial = instance !== undefined
    return {
      instance: instance && withOverride(instance, this.#parts.overrideOf(instance.id)),
      problem: problem ? Object.freeze({ key, message: problem, revision: current.modRevision, isPartial }) : undefined,
    }
  }

  /** The record takes the place of lost and of earlier ones at its address. */
  #replace(target: Target, isNew: boolean): void {
    this.#losses?.arrived(target.instance.address)
    for (const other of this.#targets.neighbours(target)) {
      const { key } = other.instance
      if (this.#losses?.isWaiting(key)) this.#losses.replaced([key])
      else if (isNew && other.lease !== target.lease) {
        this.#replaced.add(isLater(target, other) ? key : target.instance.key)
      }
    }
  }

  /** Those that count as losses. What a later record replaced is gone at once and counts for nothing. */
  #lossesAmong(lost: readonly Target[]): Target[] {
    const keys = new Set(lost.map(({ instance }) => instance.key))
    const isAlive = ({ instance: { key } }: Target): boolean => !keys.has(key) && !this.#losses?.isWaiting(key)
    return lost.filter((target) => {
      const { key } = target.instance
      const isReplaced = this.#replaced.delete(key)
      const isHidden = !this.#targets.shown.has(key)
      if (!isReplaced && !isHidden && !this.#targets.neighbours(target).some(isAlive)) return true
      this.#losses?.forget(key)
      this.#targets.remove(key, 'expired')
      return false
    })
  }

  /** Never rejects: what cannot be found out counts as lost. */
  async #findWhoLeft(): Promise<void> {
    const left = await whoLeft(this.#parts.etcd, this.#service, this.#targets.shown).catch(() => [])
    if (!this.#closed) this.#losses?.left(left)
  }

  #suspect(keys: Iterable<string>): void {
    this.#each([...keys], (key) => {
      const target = this.#targets.get(key)
      if (target && this.#losses?.isWaiting(key)) this.#targets.put(asSuspect(target))
    })
  }

  #revive(targets: readonly Target[]): void {
    this.#each(targets, (target) => {
      if (this.#losses?.isWaiting(target.instance.key)) this.#targets.put(asSuspect(target))
    })
  }

  #remove(gone: ReadonlyMap<string, RemovalReason>): void {
    const removals = [...gone].map(([key, reason]) => ({ key, reason, life: this.#targets.get(key)?.createRevision }))
    this.#each(removals, ({ key, reason, life }) => {
      // It may have come back until its turn came.
      if (this.#targets.get(key)?.createRevision !== life || this.#losses?.isWaiting(key)) return
      this.#targets.remove(key, reason)
    })
  }

  /** Few are changed at once, many in parts, behind what the store has said by now. */
  #each<T>(items: readonly T[], change: (item: T) => void): void {
    if (items.length > itemsAtOnce) {
      this.#parts.line.do(Number.POSITIVE_INFINITY, () => this.#eachInParts(items, change))
      return
    }
    for (const item of items) change(item)
    this.#settle()
  }

  *#eachInParts<T>(items: readonly T[], change: (item: T) => void): Generator<void, void> {
    for (let start = 0; start < items.length && !this.#closed; start += partLength) {
      for (const item of items.slice(start, start + partLength)) change(item)
      this.#settle()
      yield
    }
  }

  #settle(unreadable: readonly RecordProblem[] = [], isAwaited = false): void {
    const deltas = this.#targets.settle()
    for (const { before, after } of deltas.values()) {
      if (before?.status === 'up') this.#up -= 1
      if (after?.status === 'up') this.#up += 1
    }
    if (deltas.size + unreadable.length > 0 || isAwaited) this.#parts.onChanges({ deltas, unreadable, isAwaited })
  }
}

function asSuspect(target: Target): Target {
  const { instance } = target
  return instance.suspect ? target : { ...target, instance: deepFreeze({ ...instance, suspect: true }) }
}
