import { EngineError } from './engine-error.ts'

/** A worker's last message: what it was started for, or why that failed. */
export type ThreadOutcome<T> = { readonly result: T } | { readonly error: unknown; readonly reason?: string }

/**
 * Runs a worker to its end. Rejects with what it failed with, or with `stopped` when the signal fires.
 *
 * @param module the worker, relative to `base`; from the sources, as in tests, the built one is used
 */
export async function runThread<T>(
  module: string,
  base: string,
  workerData: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const built = base.endsWith('.ts') ? base.replace('/src/', '/dist/').replace(/\.ts$/, '.js') : base
  if (signal?.aborted) throw new EngineError('stopped')
  const worker = new Worker(new URL(module, built), { workerData, execArgv: [] })
  let stop = (): void => {}
  try {
    return await new Promise<T>((resolve, reject) => {
      stop = () => reject(new EngineError('stopped'))
      signal?.addEventListener('abort', stop)
      worker.on('message', (outcome: ThreadOutcome<T>) => {
        if ('result' in outcome) resolve(outcome.result)
        else reject(outcome.reason === 'corrupt' ? new EngineError('corrupt', { cause: outcome.error }) : outcome.error)
      })
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`The thread ended early with ${code}.`)))
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

/** Runs `work` as a worker's only task. */
export async function answerFromThread<T>(work: () => T | Promise<T>): Promise<void> {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  let outcome: ThreadOutcome<T>
  try {
    outcome = { result: await work() }
  } catch (error) {
    const reason = error instanceof EngineError || isDataLoss(error) ? 'corrupt' : undefined
    outcome = { error, ...(reason === undefined ? {} : { reason }) }
  }
  parentPort?.postMessage(outcome)
}

function isDataLoss(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'data-loss'
}
