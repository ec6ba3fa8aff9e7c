import type { OperationContext } from '../../operation/operation-context.ts'
import { type Asker, WebhookStore } from '../../webhooks/webhook-store.ts'

/** The webhooks with the rights of the caller. */
export async function webhookStoreOf({ caller, hub }: OperationContext): Promise<WebhookStore> {
  const { clock, timeline } = hub
  return new WebhookStore({
    etcd: caller.etcd,
    clock,
    keyring: await timeline.keyring(),
    networks: timeline.networks,
    lastEventId: (signal) => timeline.lastId(signal),
  })
}

export function askerOf({ caller }: OperationContext): Asker {
  return { author: caller.user, address: caller.sourceAddress }
}
