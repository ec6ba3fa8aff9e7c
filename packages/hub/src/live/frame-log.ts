const maxFrames = 1_000
const maxBytes = 1024 * 1024

interface Entry {
  readonly revision: bigint
  /** The frame before it has the same revision: whoever knows of that has not seen this one for certain. */
  readonly isLater: boolean
  readonly frame: Buffer
}

/** The latest changes as they were sent, for readers that come back. */
export class FrameLog {
  #entries: Entry[] = []
  #bytes = 0
  /** Everything after this revision is in the log. */
  #from = 0n
  /** The revision of the last frame; before the first one, that of the state at the beginning. */
  #last = 0n

  begin(revision: bigint): void {
    this.#from = revision
    this.#last = revision
  }

  /** Whether a change of this revision comes after another one of the same: a loss that is believed only now. */
  isLater(revision: bigint): boolean {
    return revision === this.#last
  }

  add(revision: bigint, frame: Buffer): void {
    this.#entries.push({ revision, isLater: this.isLater(revision), frame })
    this.#last = revision
    this.#bytes += frame.length
    while (this.#entries.length > maxFrames || this.#bytes > maxBytes) {
      const first = this.#entries.shift()
      if (first === undefined) break
      this.#bytes -= first.frame.length
      this.#from = first.revision
    }
  }

  /** Whether everything after the revision is in the log. */
  reaches(revision: bigint): boolean {
    return revision >= this.#from
  }

  /** The changes after a revision that the log reaches. */
  after(revision: bigint): Buffer[] {
    return this.#entries.filter((entry) => entry.revision > revision).map(({ frame }) => frame)
  }

  /** For a reader that comes back: also those of the same revision that it may not have seen. */
  missedSince(revision: bigint): Buffer[] {
    return this.#entries
      .filter((entry) => entry.revision > revision || (entry.isLater && entry.revision === revision))
      .map(({ frame }) => frame)
  }
}
