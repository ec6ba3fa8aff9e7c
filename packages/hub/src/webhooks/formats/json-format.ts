import { eventJson } from '../../timeline/event-json.ts'
import { signedHeaders } from '../standard-signature.ts'
import type { BodyFormat } from './body-format.ts'

/** The events as they are, signed. */
export const jsonFormat: BodyFormat = {
  maxEvents: 100,
  minIntervalMs: 0,
  build({ id, epochMs, webhook, events }) {
    const body = JSON.stringify({
      id,
      type: events.length === 0 ? 'test' : 'events',
      webhook: { id: webhook.id, name: webhook.name },
      sentAt: new Date(epochMs).toISOString(),
      events: events.map(eventJson),
    })
    const { secret } = webhook
    const headers = secret === undefined ? { 'webhook-id': id } : signedHeaders(secret, { id, epochMs, body })
    return { url: webhook.url, body, headers }
  },
  complaint: () => undefined,
}
