import type { Keyring } from '@waypost/config'
import { WaypostError } from '@waypost/core'
import { readFields, textIn } from '../timeline/concerns/concern.ts'
import { seal, unseal } from './seal.ts'
import { type Webhook, type WebhookFormat, webhookFormats } from './webhook.ts'
import { hookKey } from './webhook-keys.ts'

/** A webhook as it stands in the store: JSON, with its address and its secret encrypted if the hub has keys. */
export async function encodeWebhook(webhook: Webhook, keyring: Keyring | undefined): Promise<string> {
  const { url, secret, id: _, ...rest } = webhook
  return JSON.stringify({
    ...rest,
    url: await seal(url, keyring),
    secret: secret === undefined ? undefined : await seal(secret, keyring),
  })
}

/** Fails with `data-loss` when it is damaged, and with `failed-precondition` when it needs keys that are not there. */
export async function decodeWebhook(id: string, value: Uint8Array, keyring: Keyring | undefined): Promise<Webhook> {
  const fields = readFields(value)
  const url = textIn(fields, 'url')
  const format = formatIn(fields?.format)
  const kinds = Array.isArray(fields?.kinds) ? fields.kinds.map(String) : undefined
  if (url === undefined || format === undefined || kinds === undefined) {
    throw new WaypostError('data-loss', `The webhook ${hookKey(id)} is damaged. Delete that key.`)
  }
  const secret = textIn(fields, 'secret')
  return {
    id,
    name: textIn(fields, 'name') ?? id,
    url: await unseal(url, keyring),
    format,
    language: textIn(fields, 'language') === 'zh' ? 'zh' : 'en',
    kinds,
    service: textIn(fields, 'service'),
    path: textIn(fields, 'path'),
    secret: secret === undefined ? undefined : await unseal(secret, keyring),
    isPaused: fields?.isPaused === true,
    createdAt: textIn(fields, 'createdAt') ?? '',
    createdBy: textIn(fields, 'createdBy'),
  }
}

function formatIn(value: unknown): WebhookFormat | undefined {
  return webhookFormats.find((format) => format === value)
}
