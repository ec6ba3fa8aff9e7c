import { anySignal, type Clock, messageOf } from '@waypost/core'
import { Agent, request } from 'undici'
import type { AllowedNetworks } from './allowed-networks.ts'
import type { Message } from './formats/body-format.ts'
import { formats } from './formats/formats.ts'

/** What became of one request. */
export interface Attempt {
  /** ISO 8601. */
  readonly at: string
  readonly tookMs: number
  /** Of the answer, if there was one. */
  readonly status?: number | undefined
  /** Why it failed. Absent: it was delivered. */
  readonly error?: string | undefined
  /** Whether the receiver will say the same the next time. */
  readonly isFinal?: true | undefined
  /** How long the receiver asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

const requestTimeoutMs = 10_000
const maxAnswerBytes = 16 * 1024
const shownAnswerLength = 300

/** Failures of the receiver that may pass: RFC 9110 and RFC 6585. */
const passing = new Set([408, 409, 423, 425, 429])

/** Sends webhooks. Redirects are not followed: the receiver could lead the hub elsewhere. */
export class WebhookSender {
  readonly #networks: AllowedNetworks
  readonly #clock: Clock
  readonly #agent: Agent

  constructor(networks: AllowedNetworks, clock: Clock) {
    this.#networks = networks
    this.#clock = clock
    this.#agent = new Agent({
      connect: { lookup: networks.lookup, timeout: requestTimeoutMs },
      keepAliveTimeout: 30_000,
      maxResponseSize: maxAnswerBytes,
    })
  }

  /** One attempt. Never fails, except by the signal. */
  async send(message: Message, signal: AbortSignal): Promise<Attempt> {
    const startedMs = this.#clock.monotonicMs()
    const at = new Date(message.epochMs).toISOString()
    try {
      const result = await this.#post(message, signal)
      return { at, tookMs: Math.round(this.#clock.monotonicMs() - startedMs), ...result }
    } catch (error) {
      signal.throwIfAborted()
      return { at, tookMs: Math.round(this.#clock.monotonicMs() - startedMs), error: reasonOf(error) }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #post(message: Message, signal: AbortSignal): Promise<Omit<Attempt, 'at' | 'tookMs'>> {
    const format = formats[message.webhook.format]
    const { url, body, headers } = format.build(message)
    this.#networks.checkHost(new URL(url).hostname)
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json', 'user-agent': 'waypost-webhook', ...headers },
      body,
      signal: anySignal([signal, AbortSignal.timeout(requestTimeoutMs)]),
    })
    const text = await answer.body.text()
    const { statusCode: status } = answer
    if (status < 200 || status > 299) {
      const isFinal = status >= 300 && status < 500 && !passing.has(status) ? true : undefined
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], this.#clock.epochMs())
      return { status, error: `status ${status}: ${text.slice(0, shownAnswerLength)}`, isFinal, retryAfterMs }
    }
    const complaint = format.complaint(text)
    return complaint === undefined ? { status } : { status, error: complaint }
  }
}

/** RFC 9110, 10.2.3: seconds or a date. */
function readRetryAfter(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined
  const delayMs = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(delayMs) && delayMs >= 0 ? delayMs : undefined
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${requestTimeoutMs / 1000} s`
  return messageOf(error)
}
