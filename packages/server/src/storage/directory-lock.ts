import { WaypostError } from '@waypost/core'
import type { RootDatabase } from 'lmdb'

/** The directories that this process holds: LMDB tells processes apart, not what goes on inside one. */
const held = new Set<string>()

/** Takes a directory for this process; the returned function gives it back. */
export function holdDirectory(path: string): () => void {
  if (held.has(path)) throw inUse(path, process.pid)
  held.add(path)
  return () => held.delete(path)
}

/**
 * Makes sure that no other live process uses the tree. LMDB keeps a table of its readers, each entry backed by a
 * lock that the operating system takes away when the process dies, however it dies. Two processes that start at
 * the same moment may both be refused, but never both accepted.
 */
export function assertSoleReader(path: string, tree: RootDatabase<Buffer, Buffer>): void {
  // The first read enters this process into the table.
  tree.get(Buffer.from('checkpoint'))
  tree.resetReadTxn()
  tree.readerCheck()
  for (const line of tree.readerList().split('\n')) {
    const pid = Number.parseInt(line, 10)
    if (pid > 0 && pid !== process.pid) throw inUse(path, pid)
  }
}

function inUse(path: string, pid: number): WaypostError {
  return new WaypostError('data-dir-in-use', `The data directory ${path} is in use by process ${pid}.`, {
    details: { pid },
  })
}
