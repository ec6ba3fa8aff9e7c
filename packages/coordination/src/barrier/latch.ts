import { createRevision, put } from '@waypost/client'
import type { CallOptions } from '@waypost/core'
import { callOptionKinds, checkOptions } from '@waypost/core/options'
import { checkInteger } from '../shared/check-number.ts'
import type { Parts } from '../shared/settings.ts'
import { update } from '../transaction/update.ts'
import { when } from './when.ts'

/** Opens once it was counted down to 0, and stays open. The count stands in the store as decimal text. */
export class Latch {
  readonly name: string
  readonly #parts: Parts
  readonly #key: string
  readonly #count: number

  /** @internal @param count where it begins, for whoever comes first */
  constructor(parts: Parts, name: string, key: string, count: number) {
    this.#parts = parts
    this.name = name
    this.#key = key
    this.#count = count
  }

  /** What is left to count down. */
  async count(options: CallOptions = {}): Promise<number> {
    return this.#parse((await this.#parts.etcd.kv.get(this.#key, options))?.text())
  }

  /**
   * Counts down, to 0 at the lowest, and returns what is left. Fails with `outcome-unknown` when the answer was lost:
   * it may have been counted.
   */
  async countDown(by = 1, options: CallOptions = {}): Promise<number> {
    checkInteger(by, 'by', 1)
    checkOptions('latch.countDown', options, callOptionKinds)
    let left = 0
    await update(
      this.#parts,
      this.#key,
      (current) => {
        left = Math.max(0, this.#parse(current?.text()) - by)
        return String(left)
      },
      options,
    )
    return left
  }

  /** Resolves when it is open. Fails with `deadline-exceeded` after `timeoutMs`, and with `aborted`. */
  async wait(options: CallOptions = {}): Promise<void> {
    checkOptions('latch.wait', options, callOptionKinds)
    const { etcd } = this.#parts
    const begin = put(this.#key, String(this.#count))
    await etcd.txn().if(createRevision(this.#key).equals(0)).do(begin).commit({ signal: options.signal })
    const isOpen = (keys: ReadonlyMap<string, { text(): string }>): boolean => keys.get(this.#key)?.text() === '0'
    await when(etcd, this.#key, isOpen, `The latch ${JSON.stringify(this.name)} did not open`, options)
  }

  /** Removes it, so that it can be used again. */
  async remove(options?: CallOptions): Promise<void> {
    await this.#parts.etcd.kv.delete(this.#key, options)
  }

  #parse(text: string | undefined): number {
    const count = text === undefined ? this.#count : Number(text)
    return Number.isSafeInteger(count) ? count : 0
  }
}
