import type { TransferListItem } from 'node:worker_threads'
import { resultOf, type ThreadOutcome } from './thread-outcome.ts'

/**
 * Runs a worker to its end. Rejects with what it failed with.
 *
 * @param module the worker, relative to `base`: one that calls `answerFromThread`
 * @param transfer memory of `workerData` that is given away rather than copied
 */
export async function runThread<T>(
  module: string,
  base: string,
  workerData: unknown,
  transfer: readonly TransferListItem[] = [],
): Promise<T> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(builtModule(module, base), { workerData, execArgv: [], transferList: [...transfer] })
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.on('message', (outcome: ThreadOutcome<T>) => {
        try {
          resolve(resultOf(outcome))
        } catch (error) {
          reject(error)
        }
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`The thread ended early with ${code}.`)))
    })
  } finally {
    await worker.terminate()
  }
}

/** A worker's module; from the sources, as in tests, the built one is used. */
export function builtModule(module: string, base: string): URL {
  const built = base.endsWith('.ts') ? base.replace('/src/', '/dist/').replace(/\.ts$/, '.js') : base
  return new URL(module, built)
}
