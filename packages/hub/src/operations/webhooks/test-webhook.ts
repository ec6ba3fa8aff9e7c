import { defineOperation } from '../../operation/operation.ts'
import { json } from '../../operation/responses.ts'
import { attemptJson, attemptSchema, changesWebhooks, webhookParams } from './webhook-schema.ts'
import { webhookStoreOf } from './webhook-store-of.ts'

export const testWebhook = defineOperation({
  id: 'webhooks.test',
  method: 'POST',
  path: '/v1/webhooks/{webhook}/test',
  tag: 'Timeline',
  summary: 'Send a test to a webhook',
  description: 'Once, at once, also to a webhook that is paused. The answer says what the receiver answered.',
  permission: changesWebhooks,
  problems: ['not-found'],
  params: webhookParams,
  responses: { 200: json('Its outcome.', attemptSchema) },
  example: { params: { webhook: 'wh-example' } },
  async handler(context, { params }) {
    const { hub, signal, requestId } = context
    const webhook = await (await webhookStoreOf(context)).get(params.webhook, { signal })
    const message = { id: `test.${requestId}`, epochMs: hub.clock.epochMs(), webhook, events: [] }
    return { status: 200, body: attemptJson(await hub.timeline.sender.send(message, signal)) }
  },
})
