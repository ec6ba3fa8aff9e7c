import type { Hold } from './hold.ts'

/** What this process holds, so that all of it can be given up. */
export class OpenHolds {
  readonly #open = new Set<Hold>()

  add(hold: Hold): void {
    this.#open.add(hold)
  }

  remove(hold: Hold): void {
    this.#open.delete(hold)
  }

  async release(): Promise<void> {
    await Promise.all([...this.#open].map((hold) => hold.release()))
  }
}
