import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { shownWebhook } from '../../webhooks/webhook.ts'
import { readsWebhooks, webhookParams, webhookSchema } from './webhook-schema.ts'
import { webhookStoreOf } from './webhook-store-of.ts'

export const showWebhook = defineOperation({
  id: 'webhooks.show',
  method: 'GET',
  path: '/v1/webhooks/{webhook}',
  tag: 'Timeline',
  summary: 'Show a webhook',
  permission: readsWebhooks,
  problems: ['not-found'],
  params: webhookParams,
  responses: { 200: json('The webhook, without its secret.', webhookSchema) },
  example: { params: { webhook: 'wh-example' } },
  async handler(context, { params }) {
    const store = await webhookStoreOf(context)
    return { status: 200, body: shownWebhook(await store.get(params.webhook, { signal: context.signal })) }
  },
})
