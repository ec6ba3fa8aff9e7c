import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { shownWebhook } from '../../webhooks/webhook.ts'
import { changesWebhooks, webhookChangeSchema, webhookParams, webhookSchema } from './webhook-schema.ts'
import { changeWebhooks } from './webhook-store-of.ts'

export const updateWebhook = defineOperation({
  id: 'webhooks.update',
  method: 'PATCH',
  path: '/v1/webhooks/{webhook}',
  tag: 'Timeline',
  summary: 'Change, pause or resume a webhook',
  description: 'Absent fields stay unchanged. A resumed webhook continues with the event where it stopped.',
  permission: changesWebhooks,
  problems: ['not-found', 'permission-denied', 'conflict'],
  params: webhookParams,
  body: webhookChangeSchema,
  responses: { 200: json('The webhook, without its secret.', webhookSchema) },
  example: { params: { webhook: 'wh-example' }, body: { isPaused: true } },
  async handler(context, { params, body }) {
    const webhook = await changeWebhooks(context, (store, asker) =>
      store.update(params.webhook, body, asker, { signal: context.signal }),
    )
    return { status: 200, body: shownWebhook(webhook) }
  },
})
