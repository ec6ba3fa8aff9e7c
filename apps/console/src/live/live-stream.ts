import { type SseEvent, SseParser } from './sse-parser.ts'

/** What the page knows about its connection to the hub, and the hub's to the store. */
export interface LiveState {
  /** `connecting` only before the first answer; `not-allowed`: the user may follow none of the keys. */
  readonly phase: 'connecting' | 'live' | 'cut-off' | 'store-away' | 'signed-out' | 'not-allowed'
  /** Since when what is shown may be out of date. */
  readonly staleSinceMs: number | undefined
  /** The revision of the store that the stream has come to. */
  readonly revision: string | undefined
}

interface LiveStreamOptions {
  readonly url: string
  readonly onState: (state: LiveState) => void
  readonly onEvent: (event: SseEvent) => void
}

/** The hub beats every 15 s; a stream that says nothing for longer than two beats is dead. */
const silenceMs = 35_000
const firstRetryMs = 500
const maxRetryMs = 10_000

/** The stream of changes: it resumes from the last event after a loss, after sleep, and after a restart of the hub. */
export class LiveStream {
  readonly #options: LiveStreamOptions
  readonly #ended = new AbortController()
  #state: LiveState = { phase: 'connecting', staleSinceMs: undefined, revision: undefined }
  #lastHeardMs = Date.now()
  #retryMs = firstRetryMs
  #attempt: AbortController | undefined
  #wake: (() => void) | undefined

  constructor(options: LiveStreamOptions) {
    this.#options = options
  }

  start(): void {
    const { signal } = this.#ended
    // Timers stand still while a machine sleeps: whoever wakes up looks at the clock.
    const look = setInterval(() => this.#lookForSilence(), 5_000)
    const wakeUp = (): void => {
      if (document.visibilityState === 'hidden') return
      this.#lookForSilence()
      this.#wake?.()
    }
    document.addEventListener('visibilitychange', wakeUp, { signal })
    document.addEventListener('resume', wakeUp, { signal })
    addEventListener('online', wakeUp, { signal })
    signal.addEventListener('abort', () => clearInterval(look))
    void this.#run()
  }

  close(): void {
    this.#ended.abort()
    this.#attempt?.abort()
    this.#wake?.()
  }

  /** Tries again at once: somebody has logged in, or asked for it. */
  retryNow(): void {
    this.#retryMs = firstRetryMs
    this.#wake?.()
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      try {
        await this.#follow()
        this.#cutOff('cut-off')
      } catch (error) {
        this.#cutOff(error instanceof Refused ? error.phase : 'cut-off')
      }
      if (this.#ended.signal.aborted) return
      await this.#pause(this.#retryMs)
      this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2)
    }
  }

  async #follow(): Promise<void> {
    const attempt = new AbortController()
    this.#attempt = attempt
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (this.#state.revision !== undefined) headers['last-event-id'] = this.#state.revision
    const response = await fetch(this.#options.url, { headers, signal: attempt.signal, cache: 'no-store' })
    if (response.status === 401) throw new Refused('signed-out')
    if (response.status === 403) throw new Refused('not-allowed')
    if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
    this.#heard()
    this.#retryMs = firstRetryMs
    this.#set({ ...this.#state, phase: 'live', staleSinceMs: undefined })
    const parser = new SseParser()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      this.#heard()
      for (const event of parser.push(value)) this.#take(event)
    }
  }

  #take(event: SseEvent): void {
    if (event.name === 'end') {
      this.#attempt?.abort()
      return
    }
    if (event.name === 'stale') {
      this.#set({ ...this.#state, phase: 'store-away', staleSinceMs: staleSinceOf(event.data) })
      return
    }
    this.#set({ phase: 'live', staleSinceMs: undefined, revision: event.id ?? this.#state.revision })
    this.#options.onEvent(event)
  }

  #heard(): void {
    this.#lastHeardMs = Date.now()
  }

  #lookForSilence(): void {
    if (Date.now() - this.#lastHeardMs <= silenceMs) return
    this.#attempt?.abort()
    this.#cutOff('cut-off')
  }

  #cutOff(phase: 'cut-off' | 'signed-out' | 'not-allowed'): void {
    this.#set({ ...this.#state, phase, staleSinceMs: this.#state.staleSinceMs ?? this.#lastHeardMs })
  }

  #set(state: LiveState): void {
    this.#state = state
    this.#options.onState(state)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#wake = end
    })
  }
}

class Refused extends Error {
  readonly phase: 'signed-out' | 'not-allowed'

  constructor(phase: 'signed-out' | 'not-allowed') {
    super(phase)
    this.phase = phase
  }
}

function staleSinceOf(data: string): number {
  const value: unknown = JSON.parse(data)
  const since = typeof value === 'object' && value !== null ? Reflect.get(value, 'staleSince') : undefined
  return typeof since === 'string' ? Date.parse(since) : Date.now()
}
