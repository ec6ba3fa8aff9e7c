import { type Clock, type Timer, WaypostError } from '@waypost/core'
import { type Directory, servicesPrefix } from '@waypost/registry'
import type { Login } from '../../caller/caller.ts'

/** Programs ask every few seconds or minutes. */
const idleMs = 300_000
const recheckMs = 10_000

interface Entry {
  readonly directory: Promise<Directory>
  checkedMs: number
  idleTimer: Timer | undefined
}

/** All services, followed once for each login whose programs ask for them again and again. */
class KeptDirectories {
  readonly #entries = new WeakMap<Login['etcd'], Entry>()

  /** Fails with `permission-denied`, also for who could read before, and as the client does. */
  async of(login: Login, clock: Clock, signal: AbortSignal): Promise<Directory> {
    const { etcd } = login
    const entry = this.#entries.get(etcd) ?? this.#open(login, clock, signal)
    entry.idleTimer?.cancel()
    entry.idleTimer = clock.after(idleMs, () => this.#drop(etcd, entry), { ref: false })
    try {
      const directory = await entry.directory
      const nowMs = clock.monotonicMs()
      if (nowMs - entry.checkedMs < recheckMs) return directory
      entry.checkedMs = nowMs
      await etcd.kv.range({ prefix: servicesPrefix }, { limit: 1, keysOnly: true, signal })
      return directory
    } catch (error) {
      // A store that is away does not take rights away, and what was known last is still known.
      const isRefused = WaypostError.is(error, 'permission-denied') || WaypostError.is(error, 'unauthenticated')
      const known = isRefused ? undefined : await entry.directory.catch(() => undefined)
      if (known !== undefined) return known
      this.#drop(etcd, entry)
      throw error
    }
  }

  #open({ etcd, registry }: Login, clock: Clock, signal: AbortSignal): Entry {
    const directory = registry.followAll({ signal })
    const entry: Entry = { directory, checkedMs: clock.monotonicMs(), idleTimer: undefined }
    this.#entries.set(etcd, entry)
    return entry
  }

  #drop(etcd: Login['etcd'], entry: Entry): void {
    entry.idleTimer?.cancel()
    if (this.#entries.get(etcd) === entry) this.#entries.delete(etcd)
    entry.directory.then((directory) => directory.close()).catch(() => {})
  }
}

export const keptDirectories = new KeptDirectories()
