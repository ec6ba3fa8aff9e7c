import { createRevision, del, put } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import type { Hold } from '../place/hold.ts'
import type { Members } from '../place/members.ts'
import type { Parts } from '../shared/settings.ts'
import { when } from './when.ts'

/**
 * Lets `count` processes begin together and end together. Keys as in Go's `recipes.DoubleBarrier`: one under
 * `<name>/waiters/` for each process, and `<name>/ready`.
 */
export class DoubleBarrier {
  readonly name: string
  readonly count: number
  readonly #parts: Parts
  readonly #members: Members
  #membership: Hold | undefined

  /** @internal */
  constructor(parts: Parts, members: Members, name: string, count: number) {
    this.#parts = parts
    this.#members = members
    this.name = name
    this.count = count
  }

  /**
   * Resolves when `count` processes have entered. Fails with `deadline-exceeded` after `timeoutMs` and with `aborted`;
   * then this process has left again.
   */
  async enter(options: CallOptions = {}): Promise<void> {
    checkOptions('doubleBarrier.enter', options, callOptionKinds)
    const { etcd } = this.#parts
    const ready = `${this.name}/ready`
    this.#membership ??= await this.#members.join(this.#waiters, '', options)
    try {
      const failure = `The double barrier ${JSON.stringify(this.name)} did not have ${this.count} processes`
      await when(
        etcd,
        `${this.name}/`,
        (keys) => keys.has(ready) || this.#waiting(keys) >= this.count,
        failure,
        options,
      )
      // A process that arrives after another has left still finds it open.
      await etcd.txn().if(createRevision(ready).equals(0)).do(put(ready, '')).commit({ signal: options.signal })
    } catch (error) {
      await this.#membership.release()
      this.#membership = undefined
      throw error
    }
  }

  /** Leaves, and resolves when every process has left. */
  async leave(options: CallOptions = {}): Promise<void> {
    checkOptions('doubleBarrier.leave', options, callOptionKinds)
    const { etcd } = this.#parts
    await this.#membership?.release()
    this.#membership = undefined
    const failure = `The double barrier ${JSON.stringify(this.name)} was not left by all processes`
    await when(etcd, this.#waiters, (keys) => keys.size === 0, failure, options)
    // The last one takes the mark away, for the next time.
    const nobody = createRevision({ prefix: this.#waiters }).equals(0)
    await etcd
      .txn()
      .if(nobody)
      .do(del(`${this.name}/ready`))
      .commit({ signal: options.signal })
  }

  get #waiters(): string {
    return `${this.name}/waiters/`
  }

  #waiting(keys: ReadonlyMap<string, unknown>): number {
    let waiting = 0
    for (const key of keys.keys()) if (key.startsWith(this.#waiters)) waiting += 1
    return waiting
  }
}
