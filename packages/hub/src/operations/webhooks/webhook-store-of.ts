import type { EtcdClient } from '@waypost/client'
import type { OperationContext } from '../../operation/operation-context.ts'
import { hooksPrefix } from '../../webhooks/webhook-keys.ts'
import { type Asker, WebhookStore } from '../../webhooks/webhook-store.ts'
import { modeOf, writeAs } from '../strict/writer.ts'

/** The webhooks with the rights of the caller. */
export function webhookStoreOf(context: OperationContext): Promise<WebhookStore> {
  return storeWith(context, context.caller.etcd)
}

/**
 * Changes webhooks as the mode of the store wants it. In the strict mode, whoever may govern everything and read the
 * webhooks may ask for it, and the hub writes.
 */
export async function changeWebhooks<T>(
  context: OperationContext,
  change: (store: WebhookStore, asker: Asker, etcd: EtcdClient) => Promise<T>,
): Promise<T> {
  const { caller, hub } = context
  const asker = { author: caller.user, address: caller.sourceAddress }
  if ((await modeOf(context)) === 'direct') return change(await webhookStoreOf(context), asker, caller.etcd)
  return writeAs(context, { right: 'govern', subjects: [''], reads: [hooksPrefix] }, async () =>
    change(await storeWith(context, hub.own.etcd), asker, hub.own.etcd),
  )
}

async function storeWith({ hub }: OperationContext, etcd: EtcdClient): Promise<WebhookStore> {
  const { clock, timeline } = hub
  return new WebhookStore({
    etcd,
    clock,
    keyring: await timeline.keyring(),
    networks: timeline.networks,
    lastEventId: (signal) => timeline.lastId(signal),
  })
}
