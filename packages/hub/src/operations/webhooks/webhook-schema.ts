import Type from 'typebox'
import { name, object, oneOf, timestamp } from '../../operation/schemas.ts'
import type { Attempt } from '../../webhooks/send.ts'
import { webhookFormats } from '../../webhooks/webhook.ts'

const kinds = Type.Array(Type.String({ maxLength: 100 }), {
  minItems: 1,
  maxItems: 100,
  description: 'Kinds of events: `instance.down`, `release.*`, `*`. See `GET /v1/timeline/kinds`.',
})

const format = oneOf(
  webhookFormats,
  'The format of the body. Default `json`, which is signed as Standard Webhooks say.',
)
const language = oneOf(['en', 'zh'], 'Of the sentences in chats. Default `en`.')
const url = Type.String({ minLength: 1, maxLength: 2_048, description: 'The URL to send to.' })
const secret = Type.String({
  minLength: 16,
  maxLength: 200,
  description: 'The secret that signs bodies. Default for `json`: a new one. For chats: the secret of the bot.',
})
const service = Type.String({ maxLength: 255, description: 'Only events about this service.' })
const path = Type.String({ maxLength: 1_024, description: 'Only events about this document, or below this folder.' })
const title = Type.String({ minLength: 1, maxLength: 100, description: 'For people.' })
const isPaused = Type.Boolean({ description: 'While it is paused, events wait.' })

/** What makes a webhook. */
export const newWebhookSchema = object({
  name: Type.Optional(title),
  url,
  format: Type.Optional(format),
  language: Type.Optional(language),
  kinds,
  service: Type.Optional(service),
  path: Type.Optional(path),
  secret: Type.Optional(secret),
  isPaused: Type.Optional(isPaused),
})

/** What is changed. */
export const webhookChangeSchema = object({
  name: Type.Optional(title),
  url: Type.Optional(url),
  format: Type.Optional(format),
  language: Type.Optional(language),
  kinds: Type.Optional(kinds),
  service: Type.Optional(service),
  path: Type.Optional(path),
  secret: Type.Optional(secret),
  isPaused: Type.Optional(isPaused),
})

const shown = {
  id: Type.String(),
  name: title,
  url: Type.String({ description: 'Without what may be a secret.' }),
  format,
  language,
  kinds,
  service: Type.Optional(service),
  path: Type.Optional(path),
  isPaused,
  hasSecret: Type.Boolean({ description: 'Whether bodies are signed.' }),
  createdAt: timestamp,
  createdBy: Type.Optional(Type.String()),
}

export const webhookSchema = object(shown)

export const createdWebhookSchema = object({
  ...shown,
  secret: Type.Optional(Type.String({ description: 'It is shown only once.' })),
})

export const attemptSchema = object({
  at: timestamp,
  tookMs: Type.Number(),
  status: Type.Optional(Type.Integer({ description: 'The status of the answer, if there was one.' })),
  error: Type.Optional(Type.String({ description: 'Why it failed. Absent: it was delivered.' })),
})

export const deliverySchema = object({
  id: Type.String({ description: 'The header `webhook-id`, the same for every attempt.' }),
  firstId: Type.String({ description: 'The first event.' }),
  lastId: Type.String({ description: 'The last event.' }),
  events: Type.Integer({ description: 'The number of its events.' }),
  state: oneOf(['retrying', 'delivered', 'failed'], '`failed`: it is not tried again.'),
  tries: Type.Integer(),
  attempts: Type.Array(attemptSchema, { description: 'The latest ones, in order.' }),
  nextAt: Type.Optional(timestamp),
  redeliveryOf: Type.Optional(Type.String()),
})

export const webhookParams = object({ webhook: name('The id of the webhook.') })

/** Whoever may read them sees every event, so it is one right for all. */
export const readsWebhooks = [{ access: 'read', prefix: '/waypost/webhooks/' }] as const

export const changesWebhooks = [
  ...readsWebhooks,
  { access: 'write', prefix: '/waypost/webhooks/' },
  { access: 'read', prefix: '/waypost/audit/' },
  { access: 'write', prefix: '/waypost/audit/' },
] as const

export function attemptJson({ at, tookMs, status, error }: Attempt) {
  return { at, tookMs, status, error }
}
