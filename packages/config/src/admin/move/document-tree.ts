/** Documents by their paths. */
export type DocumentTree = ReadonlyMap<string, Uint8Array>

/** What was read from elsewhere. */
export interface ReadTree {
  readonly documents: DocumentTree
  /** What was left out, and why. */
  readonly skipped: readonly SkippedEntry[]
}

export interface SkippedEntry {
  /** As it is called where it was read. */
  readonly name: string
  readonly reason: string
}
