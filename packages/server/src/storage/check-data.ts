/** What was found in a data directory. */
export interface DataCheck {
  /** What is wrong, a sentence each; none when everything is what was written. */
  readonly problems: readonly string[]
  /** The version of the directory's format. In format 1 records have no checksums, so only their structure is checked. */
  readonly format: number
  /** The revision that the tree holds; the log may hold later ones. */
  readonly revision: number
  /** Versions of keys in the tree, deletions included. */
  readonly versions: number
  readonly leases: number
  /** The number of the last command in the log. */
  readonly lastCommand: number
}

/**
 * Reads all of a data directory, and says whether it is what was written. Changes nothing, and needs no server. It reads
 * without a pause, some 300 MB a second, so it is meant for a process of its own.
 *
 * Rejects with `WaypostError`: `not-found` when there is no data directory, `data-dir-newer`, `data-dir-in-use` when problems
 * were found and a server that runs on the directory may be the reason.
 *
 * @example
 * ```ts static
 * import { checkData } from '@waypost/server'
 * const { problems } = await checkData('/var/lib/waypost')
 * for (const problem of problems) console.error(problem)
 * ```
 */
export async function checkData(path: string): Promise<DataCheck> {
  // What reads files is loaded only by who needs it.
  const { checkDirectory } = await import('./directory-check.ts')
  return checkDirectory(path)
}
