import { randomBytes } from 'node:crypto'
import { del, type EtcdClient, modRevision, put } from '@waypost/client'
import type { Keyring } from '@waypost/config'
import { type CallOptions, type Clock, invalidArgument, quoted, WaypostError } from '@waypost/core'
import { kindsOf } from '../timeline/filter.ts'
import type { AllowedNetworks } from './allowed-networks.ts'
import { auditedCommit } from './audited-commit.ts'
import { type Delivery, decodeDelivery } from './delivery.ts'
import { newSecret } from './standard-signature.ts'
import type { Webhook } from './webhook.ts'
import { cursorKey, deliveriesPrefix, hookKey, hooksPrefix } from './webhook-keys.ts'
import { decodeWebhook, encodeWebhook } from './webhook-record.ts'

/** What somebody asks for. */
export type WebhookProposal = Pick<Webhook, 'url' | 'format' | 'kinds'> & {
  readonly [Name in 'name' | 'language' | 'service' | 'path' | 'secret' | 'isPaused']?: Webhook[Name] | undefined
}

export interface WebhookStoreParts {
  /** With the rights of whoever asks. */
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly keyring: Keyring | undefined
  readonly networks: AllowedNetworks
  /** The last event that is recorded. */
  readonly lastEventId: (signal: AbortSignal | undefined) => Promise<string | undefined>
}

/** Who asks, for the audit. */
export interface Asker {
  readonly author: string | undefined
  readonly address: string | undefined
}

const maxWebhooks = 200
const maxRaces = 10

/** Webhooks as they are kept. */
export class WebhookStore {
  readonly #parts: WebhookStoreParts

  constructor(parts: WebhookStoreParts) {
    this.#parts = parts
  }

  async list(options: CallOptions = {}): Promise<readonly Webhook[]> {
    const { etcd, keyring } = this.#parts
    const webhooks: Webhook[] = []
    for await (const kv of etcd.kv.list({ prefix: hooksPrefix }, options)) {
      webhooks.push(await decodeWebhook(kv.key.slice(hooksPrefix.length), kv.bytes, keyring))
    }
    return webhooks
  }

  /** Fails with `not-found`. */
  async get(id: string, options: CallOptions = {}): Promise<Webhook> {
    return (await this.#read(id, options)).webhook
  }

  /** Events from now on go there. The answer holds the secret: it is shown this once. */
  async create(proposal: WebhookProposal, asker: Asker, options: CallOptions = {}): Promise<Webhook> {
    const { etcd, clock, keyring } = this.#parts
    const id = `wh-${randomBytes(6).toString('hex')}`
    const webhook: Webhook = {
      id,
      name: proposal.name ?? id,
      url: proposal.url,
      format: proposal.format,
      language: proposal.language ?? 'en',
      kinds: proposal.kinds,
      service: proposal.service,
      path: proposal.path,
      secret: proposal.secret ?? (proposal.format === 'json' ? newSecret() : undefined),
      isPaused: proposal.isPaused ?? false,
      createdAt: new Date(clock.epochMs()).toISOString(),
      createdBy: asker.author,
    }
    this.#check(webhook)
    const present = await etcd.kv.count({ prefix: hooksPrefix }, options)
    if (present >= BigInt(maxWebhooks)) {
      throw new WaypostError('failed-precondition', `There are ${maxWebhooks} webhooks. Delete one first.`)
    }
    const lastId = await this.#parts.lastEventId(options.signal)
    const written = await auditedCommit(
      etcd,
      clock,
      {
        conditions: [modRevision(hookKey(id)).equals(0)],
        operations: [
          put(hookKey(id), await encodeWebhook(webhook, keyring)),
          ...(lastId === undefined ? [] : [put(cursorKey(id), JSON.stringify({ lastId }))]),
        ],
        audit: { ...asker, action: 'webhook.create', detail: nameOf(webhook) },
      },
      options,
    )
    if (!written) throw changed(id)
    return webhook
  }

  /** Fails with `not-found`. What is not given stays. */
  async update(
    id: string,
    changes: Partial<WebhookProposal>,
    asker: Asker,
    options: CallOptions = {},
  ): Promise<Webhook> {
    const { etcd, clock, keyring } = this.#parts
    for (let race = 0; race < maxRaces; race++) {
      const { webhook: known, revision } = await this.#read(id, options)
      const webhook = changedWebhook(known, changes)
      this.#check(webhook)
      const written = await auditedCommit(
        etcd,
        clock,
        {
          conditions: [modRevision(hookKey(id)).equals(revision)],
          operations: [put(hookKey(id), await encodeWebhook(webhook, keyring))],
          audit: { ...asker, action: actionOf(known, webhook), detail: nameOf(webhook) },
        },
        options,
      )
      if (written) return webhook
    }
    throw changed(id)
  }

  /** Deletes it with its log. Fails with `not-found`. */
  async delete(id: string, asker: Asker, options: CallOptions = {}): Promise<void> {
    const { etcd, clock } = this.#parts
    const stored = await etcd.kv.get(hookKey(id), options)
    if (stored === undefined) throw missing(id)
    const written = await auditedCommit(
      etcd,
      clock,
      {
        conditions: [modRevision(hookKey(id)).equals(stored.modRevision)],
        operations: [del(hookKey(id)), del(cursorKey(id)), del({ prefix: deliveriesPrefix(id) })],
        audit: { ...asker, action: 'webhook.delete', detail: id },
      },
      options,
    )
    if (!written) throw changed(id)
  }

  /** The newest first. */
  async deliveries(id: string, limit: number, options: CallOptions = {}): Promise<readonly Delivery[]> {
    await this.#read(id, options)
    const { kvs } = await this.#parts.etcd.kv.range(
      { prefix: deliveriesPrefix(id) },
      { ...options, limit, sort: { order: 'descending' } },
    )
    return kvs.flatMap((kv) => decodeDelivery(kv.bytes) ?? [])
  }

  /** One delivery. Fails with `not-found`. */
  async delivery(id: string, deliveryId: string, options: CallOptions = {}): Promise<Delivery> {
    const found = (await this.deliveries(id, 1_000, options)).find((delivery) => delivery.id === deliveryId)
    if (found !== undefined) return found
    throw new WaypostError('not-found', `The webhook ${id} has no delivery ${quoted(deliveryId)} in its log.`)
  }

  async #read(id: string, options: CallOptions): Promise<{ readonly webhook: Webhook; readonly revision: bigint }> {
    const stored = await this.#parts.etcd.kv.get(hookKey(id), options)
    if (stored === undefined) throw missing(id)
    return { webhook: await decodeWebhook(id, stored.bytes, this.#parts.keyring), revision: stored.modRevision }
  }

  #check({ url, kinds, secret }: Webhook): void {
    if (!URL.canParse(url)) throw invalidArgument('The address is not a URL.')
    const { protocol, hostname, username, password } = new URL(url)
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw invalidArgument(`The address must begin with https:// or http://, not ${quoted(protocol)}.`)
    }
    if (username !== '' || password !== '') throw invalidArgument('The address must not hold a user or password.')
    this.#parts.networks.checkHost(hostname)
    if (kinds.length === 0) throw invalidArgument('Name at least one kind of event; "*" is every kind.')
    kindsOf(kinds)
    if (secret !== undefined && secret.length < 16) throw invalidArgument('A secret must have at least 16 characters.')
  }
}

/** The address may be a secret: the audit names the webhook alone. */
function nameOf({ id, name }: Webhook): string {
  return name === id ? id : `${id} ${name}`
}

function actionOf(before: Webhook, now: Webhook): string {
  if (before.isPaused === now.isPaused) return 'webhook.update'
  return now.isPaused ? 'webhook.pause' : 'webhook.resume'
}

/** What is not given stays; an empty filter takes it away. */
function changedWebhook(known: Webhook, changes: Partial<WebhookProposal>): Webhook {
  const { name, url, format, language, kinds, service, path, secret, isPaused } = changes
  return {
    ...known,
    name: name ?? known.name,
    url: url ?? known.url,
    format: format ?? known.format,
    language: language ?? known.language,
    kinds: kinds ?? known.kinds,
    service: (service ?? known.service) || undefined,
    path: (path ?? known.path) || undefined,
    secret: secret ?? known.secret,
    isPaused: isPaused ?? known.isPaused,
  }
}

function missing(id: string): WaypostError {
  return new WaypostError('not-found', `There is no webhook ${quoted(id)}.`)
}

function changed(id: string): WaypostError {
  return new WaypostError('conflict', `The webhook ${id} is being changed by others. Try again.`)
}
