/** A started timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

export interface TimerOptions {
  /** Whether the timer keeps the process alive. Default true. */
  readonly ref?: boolean
}

/** The source of time. Injected wherever time matters, so that tests move it instead of waiting. */
export interface Clock {
  /** Milliseconds on a monotonic clock with an arbitrary origin. */
  monotonicMs(): number
  /** Milliseconds since the Unix epoch. May jump. */
  epochMs(): number
  /** Calls `callback` once after `delayMs`. */
  after(delayMs: number, callback: () => void, options?: TimerOptions): Timer
}

/** The longest delay that `setTimeout` takes; a longer one would fire at once. */
const maxDelayMs = 2_147_483_647

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, callback, options) {
    let handle: ReturnType<typeof setTimeout> | undefined
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(Math.max(0, remainingMs), maxDelayMs)
      handle = setTimeout(() => {
        if (remainingMs > stepMs) arm(remainingMs - stepMs)
        else callback()
      }, stepMs)
      if (options?.ref === false) handle.unref()
    }
    arm(delayMs)
    return {
      cancel() {
        clearTimeout(handle)
      },
    }
  },
}
