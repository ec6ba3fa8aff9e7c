import type { EventLanguage } from '../timeline/describe-event.ts'
import type { EventFilter } from '../timeline/filter.ts'

/** What a webhook's body looks like. */
export const webhookFormats = ['json', 'slack', 'feishu', 'dingtalk', 'wecom'] as const

export type WebhookFormat = (typeof webhookFormats)[number]

/** Where events are sent to, and which. The address and the secret are as they are used: they never leave the hub so. */
export interface Webhook extends Pick<EventFilter, 'service' | 'path'> {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly format: WebhookFormat
  /** Of the sentences in chat messages and of `summary`. */
  readonly language: EventLanguage
  /** Patterns such as `instance.down` and `release.*`. */
  readonly kinds: readonly string[]
  /** What bodies are signed with. Absent only for chats, where the address alone may be the secret. */
  readonly secret: string | undefined
  readonly isPaused: boolean
  /** ISO 8601. */
  readonly createdAt: string
  readonly createdBy: string | undefined
}

/** A webhook as it is shown: without what must stay secret. */
export interface ShownWebhook extends Omit<Webhook, 'secret'> {
  readonly hasSecret: boolean
}

export function shownWebhook({ secret, ...webhook }: Webhook): ShownWebhook {
  return { ...webhook, url: maskedUrl(webhook.url), hasSecret: secret !== undefined }
}

/**
 * The address without what may be a secret: the addresses of chats hold a token in their query or at the end of their
 * path.
 */
export function maskedUrl(url: string): string {
  if (!URL.canParse(url)) return '…'
  const { origin, pathname, searchParams } = new URL(url)
  const path = pathname
    .split('/')
    .map((part) => (part.length >= 8 && /[\d]/.test(part) ? `${part.slice(0, 2)}…` : part))
    .join('/')
  const query = [...searchParams.keys()].map((name) => `${name}=…`).join('&')
  return origin + path + (query === '' ? '' : `?${query}`)
}
