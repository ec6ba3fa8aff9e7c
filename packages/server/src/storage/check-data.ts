import type { DataCheck } from './directory-check.ts'

/**
 * Reads all of a data directory, and says whether it is what was written. Changes nothing, and needs no server. It reads
 * without a pause, some 300 MB a second, so it is meant for a process of its own.
 *
 * Rejects with `WaypostError`: `not-found` when there is no data directory, `data-dir-newer`, `data-dir-in-use` when problems
 * were found and a server that runs on the directory may be the reason.
 *
 * @example
 * ```ts
 * const server = await EmbeddedServer.start({ dataDir: 'checked', port: 0 })
 * await server.close()
 * const { problems } = await checkData('checked')
 * console.log(problems) // []
 * ```
 */
export async function checkData(path: string): Promise<DataCheck> {
  // What reads files is loaded only by who needs it.
  const { checkDirectory } = await import('./directory-check.ts')
  return checkDirectory(path)
}
