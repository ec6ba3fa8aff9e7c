import { defineOperation } from '../../operation/operation.ts'
import { empty } from '../../operation/responses.ts'
import { changesWebhooks, webhookParams } from './webhook-schema.ts'
import { changeWebhooks } from './webhook-store-of.ts'

export const deleteWebhook = defineOperation({
  id: 'webhooks.delete',
  method: 'DELETE',
  path: '/v1/webhooks/{webhook}',
  tag: 'Timeline',
  summary: 'Delete a webhook with its log',
  permission: changesWebhooks,
  problems: ['not-found', 'conflict'],
  params: webhookParams,
  responses: { 204: empty('It is deleted.') },
  example: { params: { webhook: 'wh-example' } },
  async handler(context, { params }) {
    await changeWebhooks(context, (store, asker) => store.delete(params.webhook, asker, { signal: context.signal }))
    return { status: 204 }
  },
})
