import { type Clock, systemClock } from '@waypost/core'
import { type LogEventId, logEvents } from './log-events.ts'
import type { LogFields, ServerLogger } from './server-logger.ts'

/** Lines of one id that are written within the window; more are counted only. */
const maxLines = 10
const windowMs = 10_000

/** What clients choose may be long. */
const maxTextChars = 200

interface Window {
  endsAtMs: number
  lines: number
  suppressed: number
}

/** Writes one line per event. Events that a stranger can cause in any number are written now and then only. */
export class ServerLog {
  readonly #logger: ServerLogger | undefined
  readonly #clock: Clock
  readonly #windows = new Map<LogEventId, Window>()

  /** @param logger without one nothing is written */
  constructor(logger?: ServerLogger, clock: Clock = systemClock) {
    this.#logger = logger
    this.#clock = clock
  }

  /** Whether anybody reads. What makes lines costly asks first. */
  get isOn(): boolean {
    return this.#logger !== undefined
  }

  write(id: LogEventId, fields: LogFields = {}): void {
    if (this.#logger === undefined) return
    const suppressed = this.#suppressedBefore(id)
    if (suppressed === undefined) return
    const { level, message } = logEvents[id]
    const line: Record<string, string | number | boolean> = { id }
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) line[name] = typeof value === 'string' ? shortened(value) : value
    }
    if (suppressed > 0) line.suppressed = suppressed
    this.#logger[level](line, message)
  }

  /** How many lines of the id were not written before this one; undefined when this one is not either. */
  #suppressedBefore(id: LogEventId): number | undefined {
    const nowMs = this.#clock.monotonicMs()
    const window = this.#windows.get(id)
    if (window === undefined || nowMs >= window.endsAtMs) {
      this.#windows.set(id, { endsAtMs: nowMs + windowMs, lines: 1, suppressed: 0 })
      return window?.suppressed ?? 0
    }
    if (window.lines >= maxLines) {
      window.suppressed += 1
      return undefined
    }
    window.lines += 1
    return 0
  }
}

function shortened(text: string): string {
  return text.length > maxTextChars ? `${text.slice(0, maxTextChars)}…` : text
}
