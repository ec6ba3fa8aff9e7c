import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { throwIfAborted } from '@waypost/core'
import type { KeyValue } from '../keys/key-value.ts'
import {
  type CacheSnapshot,
  decodeSnapshot,
  encodeSnapshot,
  type SnapshotOrigin,
  type SnapshotScope,
} from './snapshot-format.ts'

/** The values in it may be confidential. */
const fileMode = 0o600
const directoryMode = 0o700
/** With the number of the process that writes it; `a` must not take what belongs to `a.b` for its own. */
const leftoverEnd = /^\d+\.tmp$/

/**
 * Replaces the file as a whole: a crash leaves the old one or the new one.
 * It is written beside it, synced, renamed, and the directory synced.
 */
export async function writeSnapshotFile(
  file: string,
  snapshot: CacheSnapshot,
  scope: SnapshotScope,
  signal: AbortSignal,
): Promise<void> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: directoryMode })
  const beside = `${file}.${process.pid}.tmp`
  try {
    const handle = await open(beside, 'wx', fileMode)
    try {
      for (const piece of encodeSnapshot(snapshot, scope)) {
        throwIfAborted(signal)
        await handle.writeFile(piece)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    throwIfAborted(signal)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncDirectory(directory)
}

/** Removes what crashes left beside the file. */
export async function removeLeftovers(file: string): Promise<void> {
  const directory = dirname(file)
  const names = await readdir(directory).catch(() => [])
  const stem = `${basename(file)}.`
  const isLeftover = (name: string): boolean => name.startsWith(stem) && leftoverEnd.test(name.slice(stem.length))
  await Promise.all(names.filter(isLeftover).map((name) => rm(join(directory, name), { force: true })))
}

/** Gives the keys of the file to `take`, in pieces, with a `pause` between them. Undefined when there is no file. */
export async function readSnapshotFile(
  file: string,
  scope: SnapshotScope,
  take: (kvs: readonly KeyValue[]) => void,
  pause: () => Promise<void>,
): Promise<SnapshotOrigin | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return decodeSnapshot(bytes, scope, take, pause)
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
