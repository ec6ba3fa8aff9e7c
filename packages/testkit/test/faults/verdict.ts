import { isDeepStrictEqual } from 'node:util'
import type { Change, Effect } from '../crash/operation.ts'
import { counterPrefix, countOf, leasePrefix, tokenOf } from './keys.ts'
import type { LeaseOwner } from './lease-owner.ts'
import type { Ledger } from './ledger.ts'
import type { WatchObserver } from './watch-observer.ts'

/**
 * Holds the store's own history, from where the last verdict ended, to what the clients were told: every
 * acknowledged write is there, at its revision and once; one of unknown outcome is there once or not; one that was
 * refused is not; and nothing else is. Takes `state` along to what the keys hold now. Throws at what does not fit.
 */
export function judgeHistory(
  history: readonly Change[],
  firstRevision: bigint,
  ledger: Ledger,
  state: Map<string, string>,
): void {
  for (const [index, change] of history.entries()) {
    const expected = firstRevision + BigInt(index)
    if (change.revision !== expected) throw new Error(`Revision ${expected} is missing; ${change.revision} is there.`)
    judgeChange(change, ledger, state)
    for (const { key, value } of change.effects) {
      if (value === undefined) state.delete(key)
      else state.set(key, value)
    }
  }
  const [missing] = ledger.missing()
  if (missing) throw new Error(`${missing.token} was acknowledged at revision ${missing.revision} and is not there.`)
}

function judgeChange({ revision, effects }: Change, ledger: Ledger, state: ReadonlyMap<string, string>): void {
  const written = effects.find(({ value }) => value !== undefined)
  if (written?.value === undefined) {
    if (effects.every(({ key }) => key.startsWith(leasePrefix))) return
    throw new Error(`Revision ${revision} deletes ${effects.map(({ key }) => key)}, which nobody asked for.`)
  }
  const token = tokenOf(written.key, written.value)
  const entry = ledger.find(token)
  if (entry === undefined) throw new Error(`Revision ${revision} writes ${token}, which nobody asked for.`)
  if (entry.foundAt !== undefined) throw new Error(`${token} was applied twice, at ${entry.foundAt} and ${revision}.`)
  if (entry.outcome === 'refused') throw new Error(`${token} was said not to be applied, and is, at ${revision}.`)
  if (entry.outcome === 'acknowledged' && entry.revision !== revision) {
    throw new Error(`${token} was acknowledged at ${entry.revision} and is at ${revision}.`)
  }
  const expected = entry.effects.filter(({ key, value }) => value !== undefined || state.has(key))
  if (!isDeepStrictEqual(effects, expected)) throw new Error(`${token} did ${show(effects)}, not ${show(expected)}.`)
  for (const { key, value } of effects) {
    if (!key.startsWith(counterPrefix)) continue
    const before = countOf(state.get(key))
    if (countOf(value) !== before + 1) throw new Error(`${token} raised ${key} from ${before} to ${countOf(value)}.`)
  }
  entry.foundAt = revision
}

/**
 * Holds what a watch told to the store's own history of the same revisions: no event missing, doubled, changed or
 * out of order. Throws at what does not fit.
 */
export function judgeTold(who: string, told: readonly Change[], history: readonly Change[]): void {
  for (let index = 0; index < Math.max(told.length, history.length); index++) {
    const [is, should] = [told[index], history[index]]
    if (isDeepStrictEqual(is, should)) continue
    throw new Error(
      `${who} was told ${is ? showChange(is) : 'nothing'} where there is ${should ? showChange(should) : 'nothing'}.`,
    )
  }
}

/** No leased key went without its owner having been told before that the lease is lost. Throws at one that did. */
export function judgeLeases(owners: readonly LeaseOwner[], watches: readonly WatchObserver[]): void {
  const lost = new Map(owners.flatMap(({ lostAtMs }) => [...lostAtMs]))
  for (const { deletedAtMs } of watches) {
    for (const [key, goneAtMs] of deletedAtMs) {
      if (!key.startsWith(leasePrefix)) continue
      const lostAtMs = lost.get(key)
      if (lostAtMs === undefined) throw new Error(`${key} is gone, and its owner has not heard of it.`)
      if (lostAtMs > goneAtMs)
        throw new Error(`${key} was gone ${lostAtMs - goneAtMs} ms before its owner heard of it.`)
    }
    deletedAtMs.clear()
  }
}

function showChange({ revision, effects }: Change): string {
  return `${revision}: ${show(effects)}`
}

function show(effects: readonly Effect[]): string {
  return `[${effects.map(({ key, value }) => (value === undefined ? `${key} deleted` : `${key} = ${value}`)).join(', ')}]`
}
