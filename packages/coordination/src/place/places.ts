import { type PresenceSettings, resolvePresence } from '@waypost/client'
import type { Parts } from '../shared/settings.ts'
import type { Line } from './line.ts'
import { Place } from './place.ts'
import { Sessions } from './sessions.ts'

/** Takes places in lines, each on a lease of this process that lives for as long as is asked for. */
export class Places {
  readonly #parts: Parts
  readonly #sessions = new Map<number, Sessions>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes the last place in a line. */
  join(line: Line, value: string, options: PlaceOptions): Promise<Place> {
    return Place.join(this.#parts, this.sessions(options.ttlSeconds), line, value, options.signal)
  }

  /** Takes a place in a line if it is free. */
  joinIfFree(line: Line, value: string, options: PlaceOptions): Promise<Place | undefined> {
    return Place.joinIfFree(this.#parts, this.sessions(options.ttlSeconds), line, value, options.signal)
  }

  /** The leases with a time to live of `ttlSeconds`. Throws `invalid-argument`. */
  sessions(ttlSeconds?: number): Sessions {
    const { presence } = this.#parts
    const settings: PresenceSettings =
      ttlSeconds === undefined ? presence : resolvePresence({ ...presence, ttlSeconds })
    let sessions = this.#sessions.get(settings.ttlSeconds)
    if (sessions === undefined) {
      sessions = new Sessions(this.#parts.etcd, settings)
      this.#sessions.set(settings.ttlSeconds, sessions)
    }
    return sessions
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((sessions) => sessions.close()))
  }
}

export interface PlaceOptions {
  readonly ttlSeconds?: number | undefined
  readonly signal?: AbortSignal | undefined
}
