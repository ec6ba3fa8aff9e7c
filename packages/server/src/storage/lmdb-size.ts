import type { Database, RootDatabase } from 'lmdb'

/** The size of the tree's file, and of the pages in it that hold data. */
export function treeSize(
  root: RootDatabase<Buffer, Buffer>,
  trees: readonly Database<Buffer, Buffer>[],
): { bytes: number; inUseBytes: number } {
  const rootStats = statsOf(root)
  const pageSize = rootStats('pageSize')
  let pages = 2
  for (const stats of [rootStats, ...trees.map(statsOf)])
    pages += stats('treeBranchPageCount') + stats('treeLeafPageCount') + stats('overflowPages')
  return { bytes: (rootStats('lastPageNumber') + 1) * pageSize, inUseBytes: pages * pageSize }
}

function statsOf(tree: Database<Buffer, Buffer>): (name: string) => number {
  const stats: Readonly<Record<string, unknown>> = { ...tree.getStats() }
  return (name) => {
    const value = stats[name]
    return typeof value === 'number' ? value : 0
  }
}
