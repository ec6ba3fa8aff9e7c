import { accessSync, constants, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forgetDirectory, watchDirectory } from './reaper.ts'

const memoryDisk = '/dev/shm'

/** Makes a directory that does not outlive this process: in memory where the system offers that, for speed. */
export function makeTempDir(name: string, options: { readonly onDisk?: boolean } = {}): string {
  const path = mkdtempSync(join(!options.onDisk && hasMemoryDisk() ? memoryDisk : tmpdir(), `waypost-${name}-`))
  watchDirectory(path)
  return path
}

export async function removeTempDir(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  forgetDirectory(path)
}

function hasMemoryDisk(): boolean {
  try {
    accessSync(memoryDisk, constants.W_OK)
    return true
  } catch {
    return false
  }
}
