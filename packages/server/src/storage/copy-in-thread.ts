import { runThread } from '../run-thread.ts'

/** What the thread that copies a tree is told. */
export interface CopyTask {
  readonly from: string
  readonly to: string
  /** The data directory's name in messages. */
  readonly directory: string
  /** What FORMAT calls it. */
  readonly directoryId: string
}

/**
 * Writes what the tree's file `from` holds into a new tree in the folder `to`, durably, in a thread of its own. Nothing
 * may be committed to the old one meanwhile.
 */
export function copyInThread(task: CopyTask): Promise<void> {
  return runThread('./copy-worker.js', import.meta.url, task)
}
