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
  /** It is no document, so that nothing is missing without it: a hidden file, a folder, what was not asked for. */
  readonly harmless?: true | undefined
}
