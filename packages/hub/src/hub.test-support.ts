import { startStore } from '@waypost/testkit'
import { type Hub, startHub } from './hub.ts'
import type { HubOptions } from './hub-options.ts'

export interface RunningHub extends AsyncDisposable {
  readonly store: Awaited<ReturnType<typeof startStore>>
  readonly hub: Hub
}

const defaults = { port: 0, logger: false, checkResponses: true, timeline: false } as const

/**
 * A store and a hub on it, both on free ports. It records no timeline, and so writes nothing by
 * itself. With a root password the hub's own login is root, and it says once that it runs.
 */
export async function startStoreAndHub(
  options: Partial<HubOptions> & { readonly rootPassword?: string } = {},
): Promise<RunningHub> {
  const { rootPassword, ...hubOptions } = options
  const store = await startStore({ rootPassword })
  const auth = rootPassword === undefined ? undefined : { username: 'root', password: rootPassword }
  const hub = await startHub({ endpoints: store.url, auth, ...defaults, ...hubOptions })
  return {
    store,
    hub,
    async [Symbol.asyncDispose]() {
      await hub.close()
      await store.close()
    },
  }
}
