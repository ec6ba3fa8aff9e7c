import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { attemptJson, deliverySchema, readsWebhooks, webhookParams } from './webhook-schema.ts'
import { webhookStoreOf } from './webhook-store-of.ts'

export const listDeliveries = defineOperation({
  id: 'webhooks.deliveries',
  method: 'GET',
  path: '/v1/webhooks/{webhook}/deliveries',
  tag: 'Timeline',
  summary: 'List the deliveries of a webhook',
  description: 'Newest first; about 100 are kept.',
  permission: readsWebhooks,
  problems: ['not-found'],
  params: webhookParams,
  query: object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Default 50.' })) }),
  responses: { 200: json('The deliveries.', object({ deliveries: Type.Array(deliverySchema) })) },
  example: { params: { webhook: 'wh-example' }, query: { limit: '10' } },
  async handler(context, { params, query: { limit = 50 } }) {
    const store = await webhookStoreOf(context)
    const deliveries = await store.deliveries(params.webhook, limit, { signal: context.signal })
    return {
      status: 200,
      body: {
        deliveries: deliveries.map((delivery) => ({ ...delivery, attempts: delivery.attempts.map(attemptJson) })),
      },
    }
  },
})
