import type { Clock } from '@waypost/core'
import type { Instance } from '@waypost/registry'
import type { AttemptListener, UpstreamRequest } from '../attempt.ts'
import { Http1Attempt } from './attempt.ts'
import { Line, type LineOwner, type LineSettings } from './line.ts'

/** The connections to one instance over HTTP/1.1. Those that are free are used again, the last one first. */
export class Http1Pool implements LineOwner {
  readonly #instance: Instance
  readonly #settings: LineSettings
  readonly #clock: Clock
  readonly #lines = new Set<Line>()
  readonly #free: Line[] = []
  #onEmpty: (() => void) | undefined

  constructor(instance: Instance, settings: LineSettings, clock: Clock) {
    this.#instance = instance
    this.#settings = settings
    this.#clock = clock
  }

  /** @param isFresh on a new connection, not on one that was kept alive */
  start(request: UpstreamRequest, listener: AttemptListener, isFresh: boolean): Http1Attempt {
    const attempt = new Http1Attempt(request, listener)
    const line = isFresh ? undefined : this.#take()
    if (line === undefined) {
      const fresh = new Line(this.#instance, this.#settings, this.#clock, this, attempt)
      this.#lines.add(fresh)
      attempt.on(fresh)
    } else {
      attempt.on(line)
      line.use(attempt)
    }
    return attempt
  }

  freed(line: Line): void {
    if (this.#onEmpty === undefined) this.#free.push(line)
    else line.destroy()
  }

  closed(line: Line): void {
    this.#lines.delete(line)
    const at = this.#free.indexOf(line)
    if (at !== -1) this.#free.splice(at, 1)
    if (this.#lines.size === 0) this.#onEmpty?.()
  }

  /** Closes connections that were free for long enough. */
  sweep(nowMs: number): void {
    for (const line of this.#free.filter(({ freeUntilMs }) => freeUntilMs <= nowMs)) line.destroy()
  }

  /** Nothing new begins; `onEmpty` is called when what is under way has ended. */
  close(onEmpty: () => void): void {
    this.#onEmpty = onEmpty
    if (this.#lines.size === 0) onEmpty()
    for (const line of [...this.#free]) line.destroy()
  }

  /** Ends all connections, and fails what is under way on them. */
  destroy(): void {
    for (const line of [...this.#lines]) line.end()
  }

  #take(): Line | undefined {
    const nowMs = this.#clock.monotonicMs()
    for (let line = this.#free.pop(); line !== undefined; line = this.#free.pop()) {
      if (line.freeUntilMs > nowMs) return line
      line.destroy()
    }
    return undefined
  }
}
