import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { LmdbTrees } from '../../../server/src/storage/lmdb-trees.ts'
import type { TrackedDisk } from './tracked-disk.ts'

const disks = new Set<TrackedDisk>()
const powerIsGone = (): NodeJS.ErrnoException => Object.assign(new Error('EIO: the power is gone'), { code: 'EIO' })

/** Tells the disk of everything that this process writes and syncs below its root. */
export function track(disk: TrackedDisk): Disposable {
  disks.add(disk)
  return { [Symbol.dispose]: () => disks.delete(disk) }
}

function diskOf(fd: number): { disk: TrackedDisk; path: string } | undefined {
  if (disks.size === 0) return undefined
  const path = fs.readlinkSync(`/proc/self/fd/${fd}`)
  for (const disk of disks) if (path === disk.root || path.startsWith(disk.root + sep)) return { disk, path }
  return undefined
}

const real = { writeSync: fs.writeSync, write: fs.write, fdatasync: fs.fdatasync }

type WriteCallback = (error: NodeJS.ErrnoException | null, bytesWritten: number, bytes: Uint8Array) => void

function write(
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
  callback: WriteCallback,
): void {
  noteWrite(fd, length, position)
  real.write(fd, bytes, offset, length, position, callback)
}

/** What `promisify` makes of it. */
const writeLater = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) =>
  new Promise((resolve, reject) => {
    write(fd, bytes, offset, length, position, (error, bytesWritten) =>
      error ? reject(error) : resolve({ bytesWritten, buffer: bytes }),
    )
  })

function noteWrite(fd: number, length: number, position: number): void {
  const found = diskOf(fd)
  if (found === undefined) return
  const before = Buffer.alloc(length)
  fs.readSync(fd, before, 0, length, position)
  found.disk.willWrite(fs.fstatSync(fd).ino, position, before)
}

/** To be called when a sync begins; the result, which may throw, when it has succeeded. */
function syncs(fd: number, how: 'fsync' | 'fdatasync'): (() => void) | undefined {
  const found = diskOf(fd)
  if (found === undefined) return undefined
  const { disk, path } = found
  const stat = fs.fstatSync(fd)
  const done = stat.isDirectory() ? disk.syncsNames(path) : disk.syncsFile(stat.ino, how)
  const tree = path.endsWith('data.mdb') ? fs.readFileSync(path) : undefined
  return () => {
    if (!disk.hasPower) throw powerIsGone()
    done()
    if (tree !== undefined) disk.treeIsDurable(stat.ino, tree)
  }
}

/**
 * Puts itself between the server, which must be loaded later, and `node:fs`, for the calls by which the server makes
 * things durable. LMDB writes by itself, in its own order: data, sync, meta page, sync; it is asked at each commit.
 */
export async function interceptFileCalls(): Promise<void> {
  Object.assign(fs, {
    writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number) {
      noteWrite(fd, length, position)
      return real.writeSync(fd, bytes, offset, length, position)
    },
    write: Object.assign(write, { [promisify.custom]: writeLater }),
    fdatasync(fd: number, callback: (error: NodeJS.ErrnoException | null) => void) {
      const done = syncs(fd, 'fdatasync')
      real.fdatasync(fd, (error) => {
        try {
          done?.()
          callback(error)
        } catch {
          callback(powerIsGone())
        }
      })
    },
  })
  const handle = await fs.promises.open('/proc/self/stat')
  const prototype: { sync(this: fs.promises.FileHandle): Promise<void> } = Object.getPrototypeOf(handle)
  await handle.close()
  const sync = prototype.sync
  prototype.sync = async function () {
    const done = syncs(this.fd, 'fsync')
    await sync.call(this)
    done?.()
  }
  const commit = LmdbTrees.prototype.write
  LmdbTrees.prototype.write = async function (changes) {
    await commit.call(this, changes)
    const path = join(this.path, 'data.mdb')
    for (const disk of disks)
      if (path.startsWith(disk.root + sep)) disk.treeIsDurable(fs.statSync(path).ino, fs.readFileSync(path))
  }
  syncBuiltinESMExports()
}
