import Type from 'typebox'
import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { object } from '../../operation/schemas.ts'
import { shownWebhook } from '../../webhooks/webhook.ts'
import { readsWebhooks, webhookSchema } from './webhook-schema.ts'
import { webhookStoreOf } from './webhook-store-of.ts'

export const listWebhooks = defineOperation({
  id: 'webhooks.list',
  method: 'GET',
  path: '/v1/webhooks',
  tag: 'Timeline',
  summary: 'List the webhooks',
  permission: readsWebhooks,
  responses: { 200: json('The webhooks, without their secrets.', object({ webhooks: Type.Array(webhookSchema) })) },
  example: {},
  async handler(context) {
    const webhooks = await (await webhookStoreOf(context)).list({ signal: context.signal })
    return { status: 200, body: { webhooks: webhooks.map(shownWebhook) } }
  },
})
