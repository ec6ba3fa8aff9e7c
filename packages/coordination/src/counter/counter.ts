import { modRevision, put } from '@waypost/client'
import { type CallOptions, invalidArgument, WaypostError } from '@waypost/core'
import type { Parts } from '../shared/settings.ts'
import { Attempts } from '../transaction/update.ts'

/** What one request to the store adds, for all who asked meanwhile. */
interface Round {
  delta: bigint
  readonly done: Promise<bigint>
}

/**
 * A whole number that several processes change. Additions that one process asks for at the same time travel together.
 * The value stands in the store as decimal text.
 */
export class Counter {
  readonly name: string
  readonly #parts: Parts
  readonly #key: string
  #running: Promise<unknown> = Promise.resolve()
  #next: Round | undefined

  /** @internal */
  constructor(parts: Parts, name: string, key: string) {
    this.#parts = parts
    this.name = name
    this.#key = key
  }

  /** The value; 0 when it was never set. */
  async get(options?: CallOptions): Promise<bigint> {
    return this.#valueOf((await this.#parts.etcd.kv.get(this.#key, options ?? {}))?.text())
  }

  /** Sets the value, whatever it was. */
  async set(value: bigint | number, options?: CallOptions): Promise<void> {
    await this.#parts.etcd.kv.put(this.#key, String(wholeNumber(value)), options)
  }

  /**
   * Adds to the value and returns the new one. Fails with `outcome-unknown` when the answer was lost: the addition may
   * have been made.
   */
  async add(delta: bigint | number = 1n): Promise<bigint> {
    const amount = wholeNumber(delta)
    const round = this.#next ?? this.#begin()
    round.delta += amount
    const offset = round.delta
    // The round's answer is the value before it.
    return (await round.done) + offset
  }

  #begin(): Round {
    let resolveDone: (before: Promise<bigint>) => void = () => {}
    const round: Round = { delta: 0n, done: new Promise((resolve) => (resolveDone = resolve)) }
    this.#next = round
    // One at a time, so that this process does not compete with itself. A failure is for those who asked.
    this.#running = this.#running.then(() => {
      this.#next = undefined
      const adding = this.#add(round.delta)
      resolveDone(adding)
      return adding.catch(() => undefined)
    })
    return round
  }

  /** Returns the value before. */
  async #add(delta: bigint): Promise<bigint> {
    const { etcd } = this.#parts
    const attempts = new Attempts(this.#parts, undefined)
    for (;;) {
      const current = await etcd.kv.get(this.#key)
      const before = this.#valueOf(current?.text())
      const { succeeded } = await etcd
        .txn()
        .if(modRevision(this.#key).equals(current?.modRevision ?? 0n))
        .do(put(this.#key, String(before + delta)))
        .commit()
      if (succeeded) return before
      await attempts.again(`The counter ${JSON.stringify(this.name)}`)
    }
  }

  #valueOf(text: string | undefined): bigint {
    if (text === undefined) return 0n
    if (/^-?\d+$/.test(text)) return BigInt(text)
    throw new WaypostError('data-loss', `The counter ${JSON.stringify(this.name)} does not hold a whole number.`)
  }
}

function wholeNumber(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw invalidArgument(`A counter takes whole numbers, not ${value}.`)
}
