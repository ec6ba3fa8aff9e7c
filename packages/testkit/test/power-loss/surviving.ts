import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrackedDisk } from './tracked-disk.ts'

const sectorBytes = 512
/** LMDB's pages as the `lmdb` package makes them; the first two are meta pages, which it writes last. */
const pageBytes = 4096
const metaBytes = 2 * pageBytes

/**
 * Writes to `target` what might be found on the disk if the power went now: everything that was synced, and of the
 * rest any part, sector by sector, name by name, in no order.
 */
export function surviving(disk: TrackedDisk, target: string, random: () => number): void {
  mkdirSync(target)
  copyNames(disk, disk.root, target, random)
}

function copyNames(disk: TrackedDisk, from: string, to: string, random: () => number): void {
  const now = disk.namesIn(from)
  const synced = disk.syncedNames(from)
  for (const name of new Set([...now.keys(), ...synced.keys()])) {
    const inode = random() < 0.5 ? synced.get(name) : now.get(name)
    const path = join(from, name)
    if (inode === undefined || name === 'lock.mdb') continue
    if (now.get(name) === inode && statSync(path).isDirectory()) {
      mkdirSync(join(to, name))
      copyNames(disk, path, join(to, name), random)
    } else if (isFile(disk, inode)) {
      const isTree = name === 'data.mdb'
      writeFileSync(join(to, name), isTree ? survivingTree(disk, inode, random) : survivingFile(disk, inode, random))
    }
  }
}

/** A directory that was removed has no content that anybody could want. */
function isFile(disk: TrackedDisk, inode: number): boolean {
  return statSync(disk.contentPath(inode), { throwIfNoEntry: false }) !== undefined
}

function survivingFile(disk: TrackedDisk, inode: number, random: () => number): Buffer {
  const content = readFileSync(disk.contentPath(inode))
  const writes = disk.unsyncedWrites(inode)
  if (writes === undefined) return content.subarray(0, Math.floor(random() * (content.length + 1)))
  const old = Buffer.from(content)
  for (const { position, before } of writes.toReversed()) old.set(before, position)
  return mix(old, content, random)
}

function survivingTree(disk: TrackedDisk, inode: number, random: () => number): Buffer {
  const durable = disk.durableTree(inode)
  if (durable === undefined) return survivingFile(disk, inode, random)
  const fd = openSync(disk.contentPath(inode), 'r')
  try {
    // First the meta pages: they are written when everything that they need is on the disk.
    const metas = Buffer.alloc(metaBytes)
    readSync(fd, metas, 0, metaBytes, 0)
    const content = Buffer.alloc(fstatSync(fd).size)
    readSync(fd, content, 0, content.length, 0)
    const durableMetas = durable.subarray(0, metaBytes)
    content.set(metas.subarray(0, content.length))
    if (!metas.equals(durableMetas) && random() < 0.5) return content
    // The commit that was under way did not come to its end.
    const rest = mix(durable.subarray(metaBytes), content.subarray(metaBytes), random)
    return Buffer.concat([durableMetas, rest])
  } finally {
    closeSync(fd)
  }
}

/** Each sector that differs as it was or as it is. What was added at the end is there in part. */
function mix(old: Buffer, now: Buffer, random: () => number): Buffer {
  const length = Math.max(old.length, Math.floor(random() * (now.length + 1)))
  const mixed = Buffer.alloc(length)
  old.copy(mixed)
  for (let start = 0; start < length; start += sectorBytes) {
    const sector = now.subarray(start, start + sectorBytes)
    if (random() < 0.5) sector.copy(mixed, start, 0, Math.min(sector.length, length - start))
  }
  return mixed
}
