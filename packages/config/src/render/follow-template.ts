import { anySignal, Backoff, type Clock, delay, messageOf, systemClock, throwIfAborted } from '@waypost/core'
import {
  abortSignal,
  checkOptions,
  functionKind,
  listOf,
  notNegative,
  type OptionKinds,
  required,
  withMethods,
} from '@waypost/core/options'
import type { TemplateSource } from './template-source.ts'

export interface FollowTemplateOptions {
  /** What its values come from. */
  readonly sources: readonly TemplateSource[]
  /** Renders and does all that goes with it. When it rejects it is tried again, later and later, or with a change. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** Called with why `run` rejected; of several times the same, once. */
  readonly onError: (error: unknown) => void
  /** Waits until nothing has changed for so long, in milliseconds, ten times as long at most. Default 100. */
  readonly settleMs?: number | undefined
  readonly signal: AbortSignal
  readonly clock?: Clock | undefined
}

const followTemplateOptionKinds: OptionKinds<FollowTemplateOptions> = {
  sources: required(listOf(withMethods<TemplateSource>('a source of values', ['onChange']))),
  run: required(functionKind<FollowTemplateOptions['run']>()),
  onError: required(functionKind<FollowTemplateOptions['onError']>()),
  settleMs: notNegative,
  signal: required(abortSignal),
  clock: withMethods('a clock', ['monotonicMs', 'epochMs', 'after']),
}

export interface FollowedTemplate {
  /** Runs again soon, as if something had changed. */
  changed(): void
  /** Settles when the signal has fired and what was running has ended. Never rejects. */
  readonly done: Promise<void>
}

const defaultSettleMs = 100

/** Runs at once, and again after each change of the sources, until the signal fires. Never two runs at once. */
export function followTemplate(options: FollowTemplateOptions): FollowedTemplate {
  checkOptions('followTemplate', options, followTemplateOptionKinds)
  const following = new Following(options)
  return { changed: () => following.changed(), done: following.run() }
}

class Following {
  readonly #options: FollowTemplateOptions
  readonly #clock: Clock
  readonly #backoff = new Backoff({ initialMs: 1_000, maxMs: 60_000 })
  #changes = 0
  #wake = new AbortController()

  constructor(options: FollowTemplateOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    for (const source of options.sources) source.onChange(() => this.changed())
  }

  changed(): void {
    this.#changes += 1
    this.#wake.abort()
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    let told: string | undefined
    while (!signal.aborted) {
      const seen = this.#changes
      try {
        await this.#options.run(signal)
        told = undefined
        this.#backoff.reset()
        await this.#pause(seen, Number.POSITIVE_INFINITY)
      } catch (error) {
        if (signal.aborted) return
        if (told !== messageOf(error)) this.#options.onError(error)
        told = messageOf(error)
        await this.#pause(seen, this.#backoff.nextMs())
      }
      await this.#settle()
    }
  }

  /** Waits for the next change after `count` of them, or until the time is up. */
  async #pause(seen: number, pauseMs: number): Promise<void> {
    this.#wake = new AbortController()
    if (this.#changes !== seen) return
    await this.#sleep(pauseMs, this.#wake.signal)
  }

  async #settle(): Promise<void> {
    const { settleMs = defaultSettleMs, signal } = this.#options
    const endMs = this.#clock.monotonicMs() + settleMs * 10
    for (let seen = -1; seen !== this.#changes && !signal.aborted && this.#clock.monotonicMs() < endMs; ) {
      seen = this.#changes
      await this.#sleep(settleMs, undefined)
    }
  }

  async #sleep(sleepMs: number, woken: AbortSignal | undefined): Promise<void> {
    const { signal } = this.#options
    const end = woken ? anySignal([signal, woken]) : signal
    try {
      throwIfAborted(end)
      if (Number.isFinite(sleepMs)) await delay(sleepMs, { clock: this.#clock, signal: end })
      else await new Promise<void>((resolve) => end.addEventListener('abort', () => resolve(), { once: true }))
    } catch {
      // Woken, or the end.
    }
  }
}
