import type { Worker } from 'node:worker_threads'
import { type Clock, type Deferred, deferred, systemClock, type Timer } from '@waypost/core'
import { EngineError } from '../engine-error.ts'
import type { PasswordAnswer, PasswordTask } from './password-worker.ts'

export interface PasswordOptions {
  /** bcrypt's cost of new hashes. Default 10. */
  readonly cost?: number | undefined
  readonly clock?: Clock | undefined
}

type Question = PasswordTask extends infer Task ? (Task extends unknown ? Omit<Task, 'id'> : never) : never

const defaultCost = 10

/** bcrypt looks at no more, so a longer password would be weaker than it seems. */
const maxPasswordBytes = 72

/** More than so many at a time are refused: each takes a good part of a second of a processor. */
const maxWaiting = 128

const idleMs = 10_000

/** From the sources, as in tests, the built worker is used. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/auth/password-worker.js' : './password-worker.js',
  import.meta.url,
)

export class PasswordTooLongError extends Error {
  override readonly name = 'PasswordTooLongError'

  constructor() {
    super(`bcrypt: password length exceeds ${maxPasswordBytes} bytes`)
  }
}

/** Makes and checks password hashes in a thread of its own, so that nobody else waits meanwhile. */
export class Passwords {
  readonly #cost: number
  readonly #clock: Clock
  readonly #waiting = new Map<number, Deferred<string | boolean | undefined>>()
  #worker: Worker | undefined
  #idle: Timer | undefined
  #nextId = 1
  #closed = false

  constructor(options: PasswordOptions = {}) {
    this.#cost = options.cost ?? defaultCost
    this.#clock = options.clock ?? systemClock
  }

  /** The password's hash in the `$2…` form. Throws `PasswordTooLongError`. */
  async hash(password: string): Promise<string> {
    if (Buffer.byteLength(password) > maxPasswordBytes) throw new PasswordTooLongError()
    const hash = await this.#ask({ kind: 'hash', password, cost: this.#cost })
    if (typeof hash !== 'string') throw new Error('The password could not be hashed.')
    return hash
  }

  /** The hash in base64, as commands carry it. */
  async hashForLog(password: string): Promise<string> {
    return Buffer.from(await this.hash(password), 'latin1').toString('base64')
  }

  async verify(password: string, hash: string): Promise<boolean> {
    return (await this.#ask({ kind: 'verify', password, hash })) === true
  }

  /** Idempotent. What waits is refused with `stopped`. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#stop(new EngineError('stopped'))
  }

  async #ask(question: Question): Promise<string | boolean | undefined> {
    if (this.#closed) throw new EngineError('stopped')
    if (this.#waiting.size >= maxWaiting) throw new EngineError('tooManyRequests')
    this.#idle?.cancel()
    const worker = this.#runningWorker()
    worker.ref()
    const id = this.#nextId++
    const answer = deferred<string | boolean | undefined>()
    this.#waiting.set(id, answer)
    worker.postMessage({ ...question, id } satisfies PasswordTask)
    return answer.promise
  }

  #runningWorker(): Worker {
    if (this.#worker) return this.#worker
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const worker = new Worker(workerUrl)
    worker.on('message', (answer: PasswordAnswer) => this.#answered(answer))
    worker.on('error', (error) => {
      if (this.#worker === worker) void this.#stop(error)
    })
    this.#worker = worker
    return worker
  }

  #answered({ id, result }: PasswordAnswer): void {
    this.#waiting.get(id)?.resolve(result)
    this.#waiting.delete(id)
    if (this.#waiting.size > 0) return
    this.#worker?.unref()
    this.#idle = this.#clock.after(idleMs, () => void this.#stop(new EngineError('stopped')), { ref: false })
  }

  async #stop(error: unknown): Promise<void> {
    this.#idle?.cancel()
    const worker = this.#worker
    this.#worker = undefined
    for (const answer of this.#waiting.values()) answer.reject(error)
    this.#waiting.clear()
    await worker?.terminate()
  }
}
