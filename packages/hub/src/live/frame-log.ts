const maxFrames = 1_000
const maxBytes = 1024 * 1024

interface Entry {
  readonly revision: bigint
  readonly frame: Buffer
}

/** The latest changes as they were sent, for readers that come back. */
export class FrameLog {
  #entries: Entry[] = []
  #bytes = 0
  /** Everything after this revision is in the log. */
  #from = 0n

  begin(revision: bigint): void {
    this.#from = revision
  }

  add(revision: bigint, frame: Buffer): void {
    this.#entries.push({ revision, frame })
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
}
