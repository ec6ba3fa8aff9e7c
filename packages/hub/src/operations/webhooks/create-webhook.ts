import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { shownWebhook } from '../../webhooks/webhook.ts'
import { changesWebhooks, createdWebhookSchema, newWebhookSchema } from './webhook-schema.ts'
import { changeWebhooks } from './webhook-store-of.ts'

export const createWebhook = defineOperation({
  id: 'webhooks.create',
  method: 'POST',
  path: '/v1/webhooks',
  tag: 'Timeline',
  summary: 'Create a webhook',
  description:
    'At least once, in their order, with growing pauses for up to 24 hours. Receivers know by the header `webhook-id` ' +
    'what they have had. The answer holds the secret, this once.',
  permission: changesWebhooks,
  problems: ['permission-denied', 'failed-precondition'],
  body: newWebhookSchema,
  responses: { 201: json('The webhook.', createdWebhookSchema) },
  example: { body: { url: 'https://example.com/hook', kinds: ['instance.down', 'release.*'] } },
  async handler(context, { body }) {
    const proposal = { ...body, format: body.format ?? 'json' }
    const webhook = await changeWebhooks(context, (store, asker) =>
      store.create(proposal, asker, { signal: context.signal }),
    )
    return { status: 201, body: { ...shownWebhook(webhook), secret: webhook.secret } }
  },
})
