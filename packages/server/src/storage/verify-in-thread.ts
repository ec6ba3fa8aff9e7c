import { runThread } from '../run-thread.ts'

export interface VerifyTask {
  readonly treePath: string
}

export interface Verdict {
  readonly isFaultless: boolean
  /** What of LMDB's own structure does not hold, if anything. */
  readonly problem: string | undefined
}

/** Checks all of a tree's file in a thread of its own. Nothing may be committed meanwhile. */
export function verifyInThread(treePath: string): Promise<Verdict> {
  const task: VerifyTask = { treePath }
  return runThread('./verify-worker.js', import.meta.url, task)
}
