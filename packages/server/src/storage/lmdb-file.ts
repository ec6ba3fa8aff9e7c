import { statSync } from 'node:fs'
import { join } from 'node:path'
import { WaypostError } from '@waypost/core'
import { readMeta } from './lmdb-format.ts'
import { PageFile } from './lmdb-pages.ts'
import { inspectTree, treeFileName } from './tree-inspection.ts'

/**
 * Throws `WaypostError` with `data-dir-foreign` when the tree's file is no LMDB file, or was cut off: what a wrong mount
 * or an incomplete copy leaves. Missing pages must be noticed before the file is mapped into memory, where they would
 * end the process.
 */
export function assertTreeIsWhole(treePath: string): void {
  const path = join(treePath, treeFileName)
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  // An empty file is what a crash leaves at the very first start.
  if (size > 0 && !isWhole(treePath, size))
    throw new WaypostError(
      'data-dir-foreign',
      `${path} is not a tree of Waypost, or it was cut off. Nothing was changed.`,
    )
}

function isWhole(treePath: string, size: number): boolean {
  const file = new PageFile(join(treePath, treeFileName))
  try {
    const meta = readMeta(file.readAt)
    if (meta === undefined) return false
    // A file may well be shorter than its last page when that one is free; then the pages in use are looked up.
    if (meta.pages * meta.pageSize <= size) return true
  } finally {
    file.close()
  }
  return inspectTree(treePath, { hasChecksums: false, revisions: 'all' }).problems.length === 0
}
