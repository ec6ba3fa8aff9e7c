import type { EtcdClient } from '@waypost/client'
import { type Clock, WaypostError } from '@waypost/core'
import { compareIds, revisionOf, type TimelineEvent } from '../timeline/event.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Delivery } from './delivery.ts'
import type { WebhookSender } from './send.ts'
import type { Webhook } from './webhook.ts'
import { deliveryKey } from './webhook-keys.ts'

export interface SendAgainParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly timeline: Timeline
  readonly sender: WebhookSender
}

/** Sends the events of a delivery once more, and keeps a record of that. Fails with `not-found` when they are gone. */
export async function sendAgain(
  { etcd, clock, timeline, sender }: SendAgainParts,
  webhook: Webhook,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Delivery> {
  const events = await eventsOf(timeline, webhook, delivery, signal)
  if (events.length === 0) {
    throw new WaypostError('not-found', `The timeline no longer has the events of ${delivery.id}.`)
  }
  const epochMs = clock.epochMs()
  const attempt = await sender.send({ id: delivery.id, epochMs, webhook, events }, signal)
  const again: Delivery = {
    id: `${delivery.id}-${epochMs}`,
    firstId: delivery.firstId,
    lastId: delivery.lastId,
    events: events.length,
    state: attempt.error === undefined ? 'delivered' : 'failed',
    tries: 1,
    attempts: [attempt],
    redeliveryOf: delivery.id,
  }
  const key = deliveryKey(webhook.id, delivery.firstId, `-${epochMs}`)
  await etcd.kv.put(key, JSON.stringify(again), { signal })
  return again
}

async function eventsOf(
  timeline: Timeline,
  { kinds, service, path }: Webhook,
  { firstId, lastId }: Delivery,
  signal: AbortSignal,
): Promise<readonly TimelineEvent[]> {
  const { events } = await timeline.list({
    kinds,
    service,
    path,
    from: { revision: revisionOf(firstId) },
    to: { revision: revisionOf(lastId) },
    order: 'oldest',
    limit: 1_000,
    signal,
  })
  return events.filter(({ id }) => compareIds(id, firstId) >= 0 && compareIds(id, lastId) <= 0)
}
