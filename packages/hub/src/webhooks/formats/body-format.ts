import type { TimelineEvent } from '../../timeline/event.ts'
import type { Webhook } from '../webhook.ts'

/** What one request tells. */
export interface Message {
  /** The same for every attempt. */
  readonly id: string
  readonly epochMs: number
  readonly webhook: Webhook
  /** Empty for a test. */
  readonly events: readonly TimelineEvent[]
}

export interface BuiltRequest {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** How a receiver is spoken to. */
export interface BodyFormat {
  /** How many events may be told in one request, and how long to wait between two, in milliseconds: chats limit both. */
  readonly maxEvents: number
  readonly minIntervalMs: number
  build(message: Message): BuiltRequest
  /** Why an answer with a status of success is a failure after all; `undefined` when it is none. */
  complaint(answer: string): string | undefined
}
