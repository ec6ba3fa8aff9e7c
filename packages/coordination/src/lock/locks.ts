import { WaitLimit, WaypostError } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import { Hold } from '../place/hold.ts'
import { type Line, lockLine } from '../place/line.ts'
import { OpenHolds } from '../place/open-holds.ts'
import type { Place } from '../place/place.ts'
import type { Places } from '../place/places.ts'
import { checkPath } from '../shared/names.ts'
import type { Parts } from '../shared/settings.ts'
import { HeldLocks, type HeldState } from './held-locks.ts'
import { type Locked, type LockOptions, lockOptionKinds } from './lock-options.ts'

/** Takes locks. */
export class Locks {
  readonly #parts: Parts
  readonly #places: Places
  readonly #held = new HeldLocks()
  readonly #open = new OpenHolds()

  constructor(parts: Parts, places: Places) {
    this.#parts = parts
    this.#places = places
  }

  lock(names: string | readonly string[], options: LockOptions): Promise<Hold> {
    return rejecting(() => {
      const sorted = inOrder(names)
      return this.take(sorted, sorted.map(lineOf), options)
    })
  }

  async withLock<T>(names: string | readonly string[], work: Locked<T>, options: LockOptions): Promise<T> {
    const sorted = inOrder(names)
    return this.takeFor(sorted, sorted.map(lineOf), work, options)
  }

  async tryLock(names: string | readonly string[], options: LockOptions): Promise<Hold | undefined> {
    return this.tryTake(inOrder(names).map(lineOf), options)
  }

  /**
   * Takes the lines one after the other.
   * @param names what the async context holds from then on
   */
  take(names: readonly string[], lines: readonly Line[], options: LockOptions): Promise<Hold> {
    return rejecting(() => {
      checkOptions('lock', options, lockOptionKinds)
      this.#held.check(names)
      return this.#take(names, lines, options, this.#held.enter(names))
    })
  }

  /** Takes the lines, runs `work`, and gives them back. */
  async takeFor<T>(
    names: readonly string[],
    lines: readonly Line[],
    work: Locked<T>,
    options: LockOptions,
  ): Promise<T> {
    checkOptions('lock', options, lockOptionKinds)
    this.#held.check(names)
    await using hold = await this.#take(names, lines, options)
    const result = await this.#held.run(names, async () => work(hold))
    // Somebody else may have worked at the same time: whoever relies on the lock must hear of it.
    hold.check()
    return result
  }

  /** Takes all of the lines if they are free, or none. */
  async tryTake(lines: readonly Line[], options: LockOptions): Promise<Hold | undefined> {
    checkOptions('tryLock', options, lockOptionKinds)
    const taken: Place[] = []
    try {
      for (const line of lines) {
        const place = await this.#places.joinIfFree(line, '', options)
        if (place === undefined) return undefined
        taken.push(place)
        await place.turn(options.signal)
      }
      return this.#hold(taken.splice(0), options)
    } finally {
      await leaveAll(taken)
    }
  }

  async close(): Promise<void> {
    await this.#open.release()
  }

  async #take(
    names: readonly string[],
    lines: readonly Line[],
    options: LockOptions,
    entry: { state: HeldState } = { state: 'waiting' },
  ): Promise<Hold> {
    using limit = new WaitLimit(options, this.#parts.clock, () => notFree(names, options.timeoutMs))
    const taken: Place[] = []
    try {
      for (const line of lines) {
        const place = await this.#places.join(line, '', { ttlSeconds: options.ttlSeconds, signal: limit.signal })
        taken.push(place)
        await place.turn(limit.signal)
      }
      // One that was taken first may have been lost while the others were waited for.
      for (const place of taken) place.check()
      entry.state = 'held'
      return this.#hold(taken.splice(0), options, entry)
    } catch (error) {
      entry.state = 'released'
      throw limit.reason(error)
    } finally {
      await leaveAll(taken)
    }
  }

  #hold(places: readonly Place[], options: LockOptions, entry?: { state: HeldState }): Hold {
    const hold = new Hold(places, options.signal, () => {
      if (entry) entry.state = 'released'
      this.#open.remove(hold)
    })
    this.#open.add(hold)
    return hold
  }
}

/** As an async function does, but in the async context of the caller, which is the caller's until the first `await`. */
function rejecting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work()
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Locks on several names are always taken in this order, so that two who want the same never wait for each other. */
function inOrder(names: string | readonly string[]): readonly string[] {
  const list = typeof names === 'string' ? [names] : names
  if (!Array.isArray(list) || list.length === 0) {
    // Throws: there is no name.
    return [checkPath(list.length === 0 ? '' : list, 'lock')]
  }
  const checked = list.map((name) => checkPath(name, 'lock'))
  return [...new Set(checked)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

function lineOf(name: string): Line {
  return lockLine(name, `The lock ${JSON.stringify(name)}`)
}

function notFree(names: readonly string[], timeoutMs: number | undefined): WaypostError {
  const what = names.length === 1 ? `The lock ${JSON.stringify(names[0])} was` : 'The locks were'
  return new WaypostError('deadline-exceeded', `${what} not free within ${timeoutMs} ms.`)
}

async function leaveAll(places: readonly Place[]): Promise<void> {
  for (const place of [...places].reverse()) await place.leave()
}
