import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { type Meta, readMeta, readTreeRecord } from './lmdb-format.ts'
import { tombstoneKeyBytes } from './lmdb-keys.ts'
import { PageFile } from './lmdb-pages.ts'
import { mainTreeName, TreeWalk } from './lmdb-walk.ts'
import { checkedEnd, isHeadIntact, revisionChecksumBytes, revisionSeed } from './record-checksum.ts'
import type { RevisionVisitor } from './storage.ts'
import { treeFileName } from './tree-inspection.ts'

/**
 * Visits every revision in the tree's file, in order, without its checksums. By reading the file, because pages that are
 * read through LMDB's map stay in the process's memory, which a start would fill with the whole store; and without an
 * object for each item, which takes a third of the time. To be called while nobody writes, or with the `meta` of a commit
 * whose pages are pinned.
 *
 * Throws `WaypostError`: `data-dir-foreign` when the file makes no sense, `data-loss` when a revision is not what was
 * written. With `keepsDamagedValues` a revision of which only the value is damaged is visited as it is.
 */
export function scanRevisions(
  treePath: string,
  name: string,
  visit: RevisionVisitor,
  options: { readonly keepsDamagedValues?: boolean; readonly meta?: Meta | undefined } = {},
): void {
  const path = join(treePath, treeFileName)
  const file = new PageFile(path)
  try {
    const meta = options.meta ?? readMeta(file.readAt)
    if (meta === undefined) throw damaged(path, 'it does not start as files of LMDB do')
    const walk = new TreeWalk(file, meta)
    const trees = new Map<string, ReturnType<typeof readTreeRecord>>()
    walk.walk(mainTreeName, meta.main, (page, keyStart, keyEnd, value, start) =>
      // The lmdb package ends names with a zero.
      trees.set(page.toString('latin1', keyStart, keyEnd - 1), readTreeRecord(value, start)),
    )
    const record = trees.get(name)
    if (record === undefined) throw damaged(path, `it has no tree called ${name}`)
    walk.walk(name, record, (page, keyStart, keyEnd, value, start, end) => {
      const main = page.readUInt32BE(keyStart) * 2 ** 32 + page.readUInt32BE(keyStart + 4)
      const sub = page.readUInt32BE(keyStart + 8) * 2 ** 32 + page.readUInt32BE(keyStart + 12)
      const tombstone = keyEnd - keyStart === tombstoneKeyBytes
      const seed = revisionSeed(main, sub, tombstone)
      if (checkedEnd(value, start, end, seed) < 0) {
        if (options.keepsDamagedValues !== true || !isHeadIntact(value, start, end, seed))
          throw new WaypostError('data-loss', `Revision ${main}.${sub} in ${path} is damaged.`)
      }
      visit(main, sub, tombstone, value, start, end - revisionChecksumBytes)
    })
    if (walk.problems[0] !== undefined) throw damaged(path, walk.problems[0])
  } finally {
    file.close()
  }
}

function damaged(path: string, why: string): WaypostError {
  return new WaypostError('data-dir-foreign', `${path} is damaged: ${why}.`)
}
