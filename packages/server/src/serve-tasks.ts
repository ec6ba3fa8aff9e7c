import type { TransferListItem } from 'node:worker_threads'
import type { ThreadOutcome } from './thread-outcome.ts'

/** Answers the tasks that a thread of `TaskThreads` is given. */
export function serveTasks<Task, Result>(work: (task: Task) => Result | Promise<Result>): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  parentPort?.on('message', async (task: Task) => parentPort.postMessage(await outcomeOf(() => work(task))))
}

/**
 * Answers with the only task of a thread of `runThread`.
 *
 * @param transfer says which memory of the result is given away rather than copied
 */
export async function answerFromThread<T>(
  work: () => T | Promise<T>,
  transfer: (result: T) => readonly TransferListItem[] = () => [],
): Promise<void> {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  const outcome = await outcomeOf(work)
  parentPort?.postMessage(outcome, 'result' in outcome ? transfer(outcome.result) : [])
}

async function outcomeOf<T>(work: () => T | Promise<T>): Promise<ThreadOutcome<T>> {
  try {
    return { result: await work() }
  } catch (error) {
    return { error, isCorrupt: error instanceof Error && 'code' in error && error.code === 'data-loss' }
  }
}
