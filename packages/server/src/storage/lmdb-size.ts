import type { Database, RootDatabase } from 'lmdb'

/** The size of the tree's file, and of the pages in it that hold data. */
export function treeSize(
  root: RootDatabase<Buffer, Buffer>,
  trees: readonly Database<Buffer, Buffer>[],
): { bytes: number; inUseBytes: number } {
  const pageSize = stat(root, 'pageSize')
  let pages = 2
  for (const tree of [root, ...trees])
    pages += stat(tree, 'treeBranchPageCount') + stat(tree, 'treeLeafPageCount') + stat(tree, 'overflowPages')
  return { bytes: (stat(root, 'lastPageNumber') + 1) * pageSize, inUseBytes: pages * pageSize }
}

function stat(tree: Database<Buffer, Buffer>, name: string): number {
  const stats: Readonly<Record<string, unknown>> = { ...tree.getStats() }
  const value = stats[name]
  return typeof value === 'number' ? value : 0
}
