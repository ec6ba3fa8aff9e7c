import type { Clock, Timer } from '@waypost/core'
import { EngineError } from './engine-error.ts'
import { builtModule } from './run-thread.ts'
import { resultOf, type ThreadOutcome } from './thread-outcome.ts'

type Worker = import('node:worker_threads').Worker

/** How long a thread that has nothing to do is kept. */
const keepMs = 60_000

/**
 * Threads that run the tasks of one module, each one at a time. Starting a thread, and doing things for the first time in
 * it, takes longer than most tasks, so a thread is kept for a while.
 */
export class TaskThreads<Task, Result> {
  readonly #module: URL
  readonly #clock: Clock
  readonly #idle = new Map<Worker, Timer>()
  readonly #busy = new Map<Worker, () => void>()
  #isClosed = false

  /** @param module the worker, relative to `base`: one that calls `serveTasks` */
  constructor(module: string, base: string, clock: Clock) {
    this.#module = builtModule(module, base)
    this.#clock = clock
  }

  /** Starts a thread ahead of the task that will need one. */
  prepare(): void {
    if (!this.#isClosed && this.#idle.size === 0) this.#keep(this.#start())
  }

  /** Rejects with what the task failed with, or with `EngineError`: `stopped` when the threads are closed, `corrupt`. */
  async run(task: Task): Promise<Result> {
    if (this.#isClosed) throw new EngineError('stopped')
    const thread = this.#take()
    try {
      const result = await this.#answer(thread, task)
      if (this.#isClosed) await thread.terminate()
      else this.#keep(thread)
      return result
    } catch (error) {
      await thread.terminate()
      throw error
    }
  }

  /** Ends all threads; what they were doing is rejected with `stopped`. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#idle.values()) timer.cancel()
    const threads = [...this.#idle.keys(), ...this.#busy.keys()]
    for (const stop of this.#busy.values()) stop()
    this.#idle.clear()
    await Promise.all(threads.map((thread) => thread.terminate()))
  }

  #answer(thread: Worker, task: Task): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const onMessage = (outcome: ThreadOutcome<Result>): void =>
        settle(() => {
          try {
            resolve(resultOf(outcome))
          } catch (error) {
            reject(error)
          }
        })
      const onError = (error: unknown): void => settle(() => reject(error))
      const onExit = (code: number): void => settle(() => reject(new Error(`The thread ended early with ${code}.`)))
      const settle = (then: () => void): void => {
        thread.off('message', onMessage).off('error', onError).off('exit', onExit)
        this.#busy.delete(thread)
        then()
      }
      thread.on('message', onMessage).on('error', onError).on('exit', onExit)
      this.#busy.set(thread, () => settle(() => reject(new EngineError('stopped'))))
      thread.postMessage(task)
    })
  }

  #take(): Worker {
    const [idle] = this.#idle
    if (idle === undefined) return this.#start()
    const [thread, timer] = idle
    timer.cancel()
    this.#idle.delete(thread)
    thread.ref()
    return thread
  }

  #keep(thread: Worker): void {
    thread.unref()
    const end = (): void => {
      this.#idle.delete(thread)
      void thread.terminate()
    }
    this.#idle.set(thread, this.#clock.after(keepMs, end, { ref: false }))
  }

  #start(): Worker {
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const thread = new Worker(this.#module, { execArgv: [] })
    // One that fails while it has nothing to do is missed by nobody.
    thread.on('error', () => {})
    thread.on('exit', () => {
      this.#idle.get(thread)?.cancel()
      this.#idle.delete(thread)
    })
    return thread
  }
}
