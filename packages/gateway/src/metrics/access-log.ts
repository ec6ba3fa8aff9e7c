import type { ExchangeRecord } from '../proxy/exchange-record.ts'

export interface AccessLogOptions {
  /** Where lines go, several at a time. */
  readonly write: (lines: string) => void
  /** The share of requests with a status below 400 that is logged; others always are. Default 1. */
  readonly sample?: number | undefined
}

const flushMs = 100
const maxBufferedBytes = 64 * 1024
/** The most requests that cannot be read and are logged in one `flushMs`; the metrics count all. */
const maxUnreadable = 20

/** One JSON object per line for each request. Neither headers nor queries are in it: they may hold secrets. */
export class AccessLog {
  readonly #write: (lines: string) => void
  readonly #sample: number
  readonly #random: () => number
  #buffer = ''
  /** Requests that could not be read, since the last lines went out. */
  #unreadable = 0
  #timer: NodeJS.Timeout | undefined

  constructor({ write, sample = 1 }: AccessLogOptions, random: () => number = Math.random) {
    this.#write = write
    this.#sample = sample
    this.#random = random
  }

  ended(record: ExchangeRecord): void {
    // A stranger may send any number of messages that are none.
    if (record.method === '' && ++this.#unreadable > maxUnreadable) return
    if (record.status < 400 && record.code === undefined && this.#random() >= this.#sample) return
    this.#buffer += `${lineOf(record)}\n`
    if (this.#buffer.length >= maxBufferedBytes) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), flushMs).unref()
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#unreadable = 0
    if (this.#buffer === '') return
    const lines = this.#buffer
    this.#buffer = ''
    this.#write(lines)
  }
}

function lineOf(record: ExchangeRecord): string {
  const { durationMs, upstreamMs, ...rest } = record
  return JSON.stringify({
    time: new Date().toISOString(),
    ...rest,
    durationMs: Math.round(durationMs * 10) / 10,
    upstreamMs: upstreamMs === undefined ? undefined : Math.round(upstreamMs * 10) / 10,
  })
}
