/** How many runs are kept, and for how long after the time that they were planned for. */
export interface KeepRuns {
  readonly count: number
  readonly ageMs: number
}

/** The runs of one schedule that stand in the store, as their leader knows them: the ends of their keys, oldest first. */
export class RunHistory {
  readonly #runs: string[] = []

  /** Does nothing when it is known. */
  add(key: string): void {
    const rest = key.slice(key.indexOf('/') + 1)
    let index = this.#runs.length
    // Nearly always it is the newest one.
    while (index > 0 && (this.#runs[index - 1] ?? '') > rest) index -= 1
    if (this.#runs[index - 1] !== rest) this.#runs.splice(index, 0, rest)
  }

  /** Takes out what is beyond the count or too old, unless it is open still. */
  takeDoomed(name: string, { count, ageMs }: KeepRuns, nowMs: number, isOpen: (key: string) => boolean): string[] {
    const doomed: string[] = []
    let index = 0
    while (index < this.#runs.length) {
      const rest = this.#runs[index] ?? ''
      if (this.#runs.length <= count && plannedMs(rest) >= nowMs - ageMs) break
      const key = `${name}/${rest}`
      if (isOpen(key)) index += 1
      else {
        this.#runs.splice(index, 1)
        doomed.push(key)
      }
    }
    return doomed
  }
}

/** The time is the first part of it. */
function plannedMs(rest: string): number {
  return Number(rest.slice(0, 15))
}
