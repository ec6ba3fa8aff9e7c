import { Hold } from './hold.ts'
import { lockLine } from './line.ts'
import { OpenHolds } from './open-holds.ts'
import type { PlaceOptions, Places } from './places.ts'

/** Puts this process into a group: a key on its lease, without a turn to wait for. */
export class Members {
  readonly #places: Places
  readonly #open = new OpenHolds()

  constructor(places: Places) {
    this.#places = places
  }

  /** @param prefix ends with a slash */
  async join(prefix: string, value: string, options: PlaceOptions): Promise<Hold> {
    const line = lockLine(prefix.slice(0, -1), `The membership of ${JSON.stringify(prefix)}`)
    const place = await this.#places.join(line, value, options)
    place.follow()
    const hold: Hold = new Hold([place], undefined, () => this.#open.remove(hold))
    this.#open.add(hold)
    return hold
  }

  close(): Promise<void> {
    return this.#open.release()
  }
}
