import type { RootDatabase } from 'lmdb'
import type { RevisionVisitor } from './storage.ts'

/** Longer than any key, and above all of them. */
const afterEveryKey = Buffer.alloc(18, 0xff)

/**
 * Visits every revision in the tree, in order, without making an object of any: through a second handle on the same
 * database, whose decoders look at LMDB's own buffers. Three times as fast as iterating over copies, which is
 * what a start with many keys is made of.
 */
export function scanRevisions(root: RootDatabase<Buffer, Buffer>, name: string, visit: RevisionVisitor): void {
  let main = 0
  let sub = 0
  let tombstone = false
  const writeKey = (key: Uint8Array, target: Uint8Array, start: number): number => {
    target.set(key, start)
    return start + key.length
  }
  const options = {
    name,
    keyEncoder: {
      writeKey,
      readKey(bytes: Uint8Array, start: number, end: number) {
        main = uint32(bytes, start) * 2 ** 32 + uint32(bytes, start + 4)
        sub = uint32(bytes, start + 8) * 2 ** 32 + uint32(bytes, start + 12)
        tombstone = end - start === 17
      },
    },
    encoder: {
      writeKey,
      readKey(bytes: Buffer) {
        visit(main, sub, tombstone, bytes)
      },
    },
  }
  const handle = root.openDB<undefined, Buffer>(options)
  for (const _ of handle.getRange({ start: Buffer.alloc(1), end: afterEveryKey }));
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 2 ** 24 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  )
}
