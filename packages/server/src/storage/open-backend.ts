import { MemoryStorage } from './memory-storage.ts'
import type { OpenBackend, OpenBackendOptions } from './storage-backend.ts'

/** Data that is gone with the process. */
export const memoryBackend: OpenBackend = async () => ({
  storage: new MemoryStorage(),
  finish: async () => {},
  defragment: async () => {},
  close: async () => {},
})

/** Data in a directory, which is created if it does not exist. */
export function directoryBackend(
  path: string,
  more: Pick<OpenBackendOptions, 'verifyInThreadFromBytes'> = {},
): OpenBackend {
  return async (options) => {
    // LMDB is loaded only by who needs it: a store in memory starts in a few milliseconds.
    const { DataDirectory } = await import('./data-directory.ts')
    return DataDirectory.open(path, { ...options, ...more })
  }
}
