import type { Clock, Timer } from '@waypost/core'

interface Entry {
  readonly value: Promise<AsyncDisposable>
  opened: AsyncDisposable | undefined
  idleTimer: Timer | undefined
}

const idleMs = 30_000
const maxEntries = 1_000

/** What a login keeps open between requests, such as the view that instances are picked from; closed when unused. */
export class IdleCache {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isIdle(): boolean {
    return this.#entries.size === 0
  }

  /** Opens it when it is not there. One that cannot be opened is not kept. */
  async get<T extends AsyncDisposable>(
    key: string,
    isIt: (value: unknown) => value is T,
    open: () => Promise<T>,
  ): Promise<T> {
    const entry = this.#entries.get(key) ?? this.#open(key, open)
    entry.idleTimer?.cancel()
    entry.idleTimer = this.#clock.after(idleMs, () => this.#end(key, entry), { ref: false })
    const value = entry.opened ?? (await entry.value)
    if (!isIt(value)) throw new TypeError(`Something else is kept as ${key}.`)
    return value
  }

  async close(): Promise<void> {
    const entries = [...this.#entries]
    await Promise.all(entries.map(([key, entry]) => this.#end(key, entry)))
  }

  #open(key: string, open: () => Promise<AsyncDisposable>): Entry {
    const [oldest] = this.#entries
    if (this.#entries.size >= maxEntries && oldest !== undefined) void this.#end(...oldest)
    const entry: Entry = { value: open(), opened: undefined, idleTimer: undefined }
    this.#entries.set(key, entry)
    entry.value.then(
      (value) => {
        entry.opened = value
      },
      () => this.#end(key, entry),
    )
    return entry
  }

  async #end(key: string, entry: Entry): Promise<void> {
    entry.idleTimer?.cancel()
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
    try {
      const value = await entry.value
      await value[Symbol.asyncDispose]()
    } catch {
      // It never opened.
    }
  }
}
