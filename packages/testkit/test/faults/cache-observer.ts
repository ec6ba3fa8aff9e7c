import type { Cache, CacheChanges, EtcdClient } from '@waypost/client'
import { prefix } from './keys.ts'

/** A cache, and what its changes add up to. */
export class CacheObserver {
  readonly name: string
  readonly cache: Cache
  readonly complaints: string[] = []
  /** What the changes that a slow consumer takes add up to. */
  readonly #sum = new Map<string, string>()
  readonly #following: Promise<void>
  #revision = 0n
  #taken = 0n

  constructor(name: string, client: EtcdClient) {
    this.name = name
    this.cache = client.cache({ prefix })
    this.cache.onChange(({ revision }) => {
      if (revision <= this.#revision) this.complaints.push(`${name} went from ${this.#revision} to ${revision}`)
      this.#revision = revision
    })
    this.#following = this.#follow(this.cache.changes())
  }

  /** How it differs from what the store holds; undefined when it does not. */
  differenceFrom(state: ReadonlyMap<string, string>): string | undefined {
    const shown = new Map([...this.cache].map(([key, kv]) => [key, kv.text()]))
    return difference('the cache', shown, state) ?? difference('the sum of its changes', this.#sum, state)
  }

  /** Whether its consumer has taken everything that it shows. */
  get isTaken(): boolean {
    return this.#taken >= this.#revision
  }

  async close(): Promise<void> {
    await this.cache.close()
    await this.#following
  }

  async #follow(changes: AsyncIterable<CacheChanges>): Promise<void> {
    for await (const batch of changes) {
      for (const { type, key, current, previous } of batch.changes) {
        const before = this.#sum.get(key)
        if (before !== previous?.text())
          this.complaints.push(`${this.name}: ${type} ${key} from ${previous?.text()}, was ${before}`)
        if (current === undefined) this.#sum.delete(key)
        else this.#sum.set(key, current.text())
      }
      this.#taken = batch.revision
    }
  }
}

function difference(
  what: string,
  shown: ReadonlyMap<string, string>,
  state: ReadonlyMap<string, string>,
): string | undefined {
  for (const key of new Set([...shown.keys(), ...state.keys()])) {
    if (shown.get(key) !== state.get(key))
      return `${what} shows ${key} = ${shown.get(key)}, the store ${state.get(key)}`
  }
  return undefined
}
