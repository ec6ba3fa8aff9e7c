import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { type Clock, type Deferred, deferred, onAbort, type Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import { FairQueue } from './fair-queue.ts'
import type { PasswordAnswer, PasswordTask } from './password-worker.ts'

/** More tasks are refused: each takes a processor for a tenth of a second or longer. */
const maxWaiting = 512

/** The same for one line: whoever tries many passwords of one user, or names that nobody has, takes up no more. */
const maxLineWaiting = 128

const maxThreads = 4
const idleMs = 10_000

/** From the sources, as in tests, the built worker is used. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/auth/password-worker.js' : './password-worker.js',
  import.meta.url,
)

interface Job {
  readonly task: PasswordTask
  readonly answer: Deferred<PasswordAnswer>
}

/** Threads that compute password hashes. They are started when there is work, and end when there is none for a while. */
export class PasswordThreads {
  readonly #clock: Clock
  readonly #queue = new FairQueue<Job>(maxWaiting, maxLineWaiting)
  /** What each thread is doing. */
  readonly #threads = new Map<Worker, Job | undefined>()
  /** Leaves a processor to those who answer requests. */
  readonly #maxThreads = Math.max(1, Math.min(maxThreads, availableParallelism() - 1))
  #idle: Timer | undefined
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Rejects with `tooManyRequests` when too many wait, and with `stopped` once closed.
   *
   * @param line tasks of one line wait for each other, and not for those of other lines
   * @param signal ends the wait of the caller
   */
  async run(line: string, task: PasswordTask, signal?: AbortSignal): Promise<PasswordAnswer> {
    if (this.#closed) throw new EngineError('stopped')
    const job: Job = { task, answer: deferred<PasswordAnswer>() }
    if (!this.#queue.add(line, job)) throw new EngineError('tooManyRequests')
    const release =
      signal &&
      onAbort(signal, () => {
        this.#queue.delete(line, job)
        job.answer.reject(signal.reason)
      })
    this.#assign()
    try {
      return await job.answer.promise
    } finally {
      release?.()
    }
  }

  /** Idempotent. What waits is refused with `stopped`. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#stop(new EngineError('stopped'))
  }

  #assign(): void {
    while (this.#queue.size > 0) {
      const thread = this.#freeThread()
      const job = thread && this.#queue.take()
      if (!job) return
      this.#idle?.cancel()
      thread.ref()
      this.#threads.set(thread, job)
      thread.postMessage(job.task)
    }
  }

  #freeThread(): Worker | undefined {
    for (const [thread, job] of this.#threads) if (!job) return thread
    return this.#threads.size < this.#maxThreads ? this.#start() : undefined
  }

  #start(): Worker {
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const thread = new Worker(workerUrl)
    this.#threads.set(thread, undefined)
    thread.on('message', (answer: PasswordAnswer) => this.#answered(thread, answer))
    thread.on('error', (error) => {
      if (this.#threads.has(thread)) void this.#stop(error)
    })
    return thread
  }

  #answered(thread: Worker, answer: PasswordAnswer): void {
    if (!this.#threads.has(thread)) return
    this.#threads.get(thread)?.answer.resolve(answer)
    this.#threads.set(thread, undefined)
    thread.unref()
    this.#assign()
    if ([...this.#threads.values()].some((job) => job)) return
    this.#idle?.cancel()
    this.#idle = this.#clock.after(idleMs, () => void this.#stop(new EngineError('stopped')), { ref: false })
  }

  async #stop(error: unknown): Promise<void> {
    this.#idle?.cancel()
    const threads = [...this.#threads.keys()]
    for (const job of this.#threads.values()) job?.answer.reject(error)
    this.#threads.clear()
    for (let job = this.#queue.take(); job; job = this.#queue.take()) job.answer.reject(error)
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}
