import { type Clock, type Timer, WaypostError } from '@waypost/core'
import type { LiveSource } from '../operation/live-source.ts'
import { LiveView } from './live-view.ts'

/** How long a view that nobody asks for is kept. */
const idleMs = 30_000
/** How often it is asked whether the caller may still read what is followed. */
const recheckMs = 10_000

interface Entry {
  readonly view: Promise<LiveView>
  users: number
  idleTimer: Timer | undefined
}

/** The live reads of one login: each once, however many ask for it. */
export class LiveViews {
  readonly #entries = new Map<string, Entry>()
  readonly #quick = new Map<string, LiveView>()
  readonly #clock: Clock
  readonly #maxViews: number
  #recheckTimer: Timer | undefined
  #closed = false

  constructor(clock: Clock, maxViews = 10_000) {
    this.#clock = clock
    this.#maxViews = maxViews
  }

  /** Opens the view if it is not there. Each `use` needs one `release`, also when it fails. */
  async use(key: string, open: () => Promise<LiveSource>): Promise<{ readonly view: LiveView; release(): void }> {
    const entry = this.#entries.get(key) ?? this.#open(key, open)
    entry.users += 1
    entry.idleTimer?.cancel()
    entry.idleTimer = undefined
    let isReleased = false
    const release = (): void => {
      if (isReleased) return
      isReleased = true
      entry.users -= 1
      if (entry.users === 0 && this.#entries.get(key) === entry) this.#closeWhenIdle(key, entry)
    }
    try {
      return { view: await entry.view, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** A view that is open already, for the quick way: nothing has to be awaited or released. */
  opened(key: string): LiveView | undefined {
    return this.#quick.get(key)
  }

  get isIdle(): boolean {
    return this.#entries.size === 0
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#recheckTimer?.cancel()
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    this.#quick.clear()
    for (const entry of entries) entry.idleTimer?.cancel()
    await Promise.all(entries.map(({ view }) => view.then((opened) => opened.close()).catch(() => {})))
  }

  #open(key: string, open: () => Promise<LiveSource>): Entry {
    if (this.#entries.size >= this.#maxViews) this.#closeOneIdle()
    const view = open().then((source) => new LiveView(source, this.#clock))
    const entry: Entry = { view, users: 0, idleTimer: undefined }
    this.#entries.set(key, entry)
    view.then(
      (opened) => {
        if (this.#entries.get(key) !== entry || this.#closed) void opened.close()
        else this.#quick.set(key, opened)
      },
      () => this.#forget(key, entry),
    )
    this.#recheckTimer ??= this.#clock.after(recheckMs, () => void this.#recheck(), { ref: false })
    return entry
  }

  #closeWhenIdle(key: string, entry: Entry): void {
    entry.idleTimer = this.#clock.after(idleMs, () => void this.#end(key, entry), { ref: false })
  }

  #closeOneIdle(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.users > 0) continue
      void this.#end(key, entry)
      return
    }
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) !== entry) return
    entry.idleTimer?.cancel()
    this.#entries.delete(key)
    this.#quick.delete(key)
  }

  async #end(key: string, entry: Entry, error?: WaypostError): Promise<void> {
    this.#forget(key, entry)
    try {
      const view = await entry.view
      if (error !== undefined) view.end(error)
      await view.close()
    } catch {
      // It never opened.
    }
  }

  async #recheck(): Promise<void> {
    const signal = AbortSignal.timeout(recheckMs)
    await Promise.all(
      [...this.#entries].map(async ([key, entry]) => {
        try {
          await (await entry.view).recheck(signal)
        } catch (error) {
          // A store that is away does not take rights away.
          if (isRefused(error)) await this.#end(key, entry, error)
        }
      }),
    )
    this.#recheckTimer =
      this.#closed || this.#entries.size === 0
        ? undefined
        : this.#clock.after(recheckMs, () => void this.#recheck(), { ref: false })
  }
}

function isRefused(error: unknown): error is WaypostError {
  return WaypostError.is(error, 'permission-denied') || WaypostError.is(error, 'unauthenticated')
}
