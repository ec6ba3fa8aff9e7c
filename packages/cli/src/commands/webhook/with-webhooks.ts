import { environmentKeyring } from '@waypost/config'
import { systemClock } from '@waypost/core'
import type { Asker, WebhookStore } from '@waypost/hub/timeline'
import { keysBelow } from '../../access/asked.ts'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { actingUser } from '../../store/acting-user.ts'
import { withStore } from '../../store/store.ts'

/** Does something with the webhooks in the store. Whether they may lead into private networks is for the hub to say. */
export function withWebhooks<T>(
  options: GlobalOptions,
  does: 'read' | 'readwrite',
  use: (webhooks: WebhookStore, asker: Asker) => Promise<T>,
): Promise<T> {
  const below = keysBelow(does, '/waypost/webhooks/')
  return withStore(
    options,
    async (etcd) => {
      const { AllowedNetworks, readPosition, WebhookStore: Store } = await import('@waypost/hub/timeline')
      const webhooks = new Store({
        etcd,
        clock: systemClock,
        keyring: await environmentKeyring(),
        networks: new AllowedNetworks(['public', 'private', 'loopback']),
        lastEventId: async (signal) => (await readPosition(etcd, signal))?.position.lastId,
      })
      return await use(webhooks, { author: actingUser(options), address: undefined })
    },
    does === 'read' ? below : [below, keysBelow('readwrite', '/waypost/audit/')],
  )
}
