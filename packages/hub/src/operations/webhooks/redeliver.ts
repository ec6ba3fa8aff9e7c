import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { name, object } from '../../operation/schemas.ts'
import { sendAgain } from '../../webhooks/send-again.ts'
import { attemptJson, changesWebhooks, deliverySchema } from './webhook-schema.ts'
import { changeWebhooks } from './webhook-store-of.ts'

export const redeliver = defineOperation({
  id: 'webhooks.redeliver',
  method: 'POST',
  path: '/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver',
  tag: 'Timeline',
  summary: 'Send a delivery again',
  description: 'Once, at once, with the id of the delivery. Fails when the timeline does not keep its events any more.',
  permission: changesWebhooks,
  problems: ['not-found'],
  params: object({ webhook: name('The id of the webhook.'), delivery: name('The id of the delivery.') }),
  responses: { 200: json('Its outcome.', deliverySchema) },
  example: { params: { webhook: 'wh-example', delivery: 'wh-example.5.0' } },
  async handler(context, { params: { webhook: id, delivery: deliveryId } }) {
    const { hub, signal } = context
    const { timeline, sender } = hub.timeline
    const done = await changeWebhooks(context, async (store, _asker, etcd) => {
      const webhook = await store.get(id, { signal })
      const delivery = await store.delivery(id, deliveryId, { signal })
      return await sendAgain({ etcd, clock: hub.clock, timeline, sender }, webhook, delivery, signal)
    })
    return { status: 200, body: { ...done, attempts: done.attempts.map(attemptJson) } }
  },
})
