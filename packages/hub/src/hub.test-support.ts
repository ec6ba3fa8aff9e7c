import { startStore } from '@waypost/testkit'
import { type Hub, startHub } from './hub.ts'
import type { HubOptions } from './hub-options.ts'

export interface RunningHub extends AsyncDisposable {
  readonly store: Awaited<ReturnType<typeof startStore>>
  readonly hub: Hub
}

/** A store and a hub on it, both on free ports. */
export async function startStoreAndHub(
  options: Partial<HubOptions> & { readonly rootPassword?: string } = {},
): Promise<RunningHub> {
  const { rootPassword, ...hubOptions } = options
  const store = await startStore({ rootPassword })
  const hub = await startHub({ endpoints: store.url, port: 0, logger: false, checkResponses: true, ...hubOptions })
  return {
    store,
    hub,
    async [Symbol.asyncDispose]() {
      await hub.close()
      await store.close()
    },
  }
}
