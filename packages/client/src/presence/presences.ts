import { checkOptions } from '@waypost/core/options'
import { Presence, type PresenceParts } from './presence.ts'
import {
  type PresenceOptions,
  type PresenceSettings,
  presenceOptionKinds,
  resolvePresence,
} from './presence-options.ts'

/** A client's presences, one for each settings that are asked for: usually one. */
export class Presences {
  readonly #parts: PresenceParts
  readonly #presences = new Map<string, Presence>()
  /** The default settings: the first that were asked for. */
  #usual: PresenceSettings | undefined

  constructor(parts: PresenceParts) {
    this.#parts = parts
  }

  get(options: PresenceOptions): Presence {
    checkOptions('presence', options, presenceOptionKinds)
    const settings = resolvePresence(options, this.#usual)
    this.#usual ??= settings
    const name = Object.values(settings).join(' ')
    let presence = this.#presences.get(name)
    if (presence === undefined) {
      presence = new Presence(settings, this.#parts)
      this.#presences.set(name, presence)
    }
    return presence
  }

  /** From now on nothing is restored. */
  close(): void {
    for (const presence of this.#presences.values()) presence.close()
  }
}
