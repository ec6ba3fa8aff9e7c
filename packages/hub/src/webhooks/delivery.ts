import { readFields, textIn } from '../timeline/concerns/concern.ts'
import type { Attempt } from './send.ts'

export const deliveryStates = ['retrying', 'delivered', 'failed'] as const

export type DeliveryState = (typeof deliveryStates)[number]

/** What was sent to a webhook in one request, and what became of it. */
export interface Delivery {
  /** The same for every attempt: receivers know by it what they have had. */
  readonly id: string
  /** The first and the last event. */
  readonly firstId: string
  readonly lastId: string
  readonly events: number
  readonly state: DeliveryState
  readonly tries: number
  /** The latest attempts, the last one last. */
  readonly attempts: readonly Attempt[]
  /** When it is tried again, ISO 8601. */
  readonly nextAt?: string | undefined
  /** Somebody asked to send this delivery again. */
  readonly redeliveryOf?: string | undefined
}

/** `undefined` when it cannot be read. */
export function decodeDelivery(value: Uint8Array): Delivery | undefined {
  const fields = readFields(value)
  const id = textIn(fields, 'id')
  const firstId = textIn(fields, 'firstId')
  const lastId = textIn(fields, 'lastId')
  const state = deliveryStates.find((known) => known === fields?.state)
  if (id === undefined || firstId === undefined || lastId === undefined || state === undefined) return undefined
  const { events, tries, attempts } = fields ?? {}
  return {
    id,
    firstId,
    lastId,
    events: typeof events === 'number' ? events : 0,
    state,
    tries: typeof tries === 'number' ? tries : 0,
    attempts: Array.isArray(attempts) ? attempts.flatMap(readAttempt) : [],
    nextAt: textIn(fields, 'nextAt'),
    redeliveryOf: textIn(fields, 'redeliveryOf'),
  }
}

function readAttempt(value: unknown): Attempt[] {
  const fields = readFields(Buffer.from(JSON.stringify(value) ?? ''))
  if (fields === undefined) return []
  const { status, tookMs, isFinal } = fields
  return [
    {
      at: textIn(fields, 'at') ?? '',
      tookMs: typeof tookMs === 'number' ? tookMs : 0,
      status: typeof status === 'number' ? status : undefined,
      error: textIn(fields, 'error'),
      isFinal: isFinal === true ? true : undefined,
    },
  ]
}
