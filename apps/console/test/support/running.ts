import { type Hub, type HubOptions, startHub } from '@waypost/hub'
import type { EmbeddedServer } from '@waypost/server'
import { startStore } from '@waypost/testkit'
import { connect, type Waypost } from 'waypost'

export interface RunningConsole extends AsyncDisposable {
  readonly url: string
  readonly store: EmbeddedServer
  readonly waypost: Waypost
  /** Another hub in place of the one before, on the same port. */
  restartHub(): Promise<void>
  stopHub(): Promise<void>
}

/** A store in memory, a hub that serves the built console, and a connection of the libraries. */
export async function startConsole({
  rootPassword,
  oidc,
}: {
  readonly rootPassword?: string
  readonly oidc?: HubOptions['oidc']
} = {}): Promise<RunningConsole> {
  const store = await startStore(rootPassword === undefined ? {} : { rootPassword })
  const auth = rootPassword === undefined ? {} : { auth: { username: 'root', password: rootPassword } }
  const login = oidc === undefined ? {} : { oidc, sessionSecret: 'a secret of at least thirty-two letters' }
  const webhookNetworks = ['loopback'] as const
  const start = (port: number): Promise<Hub> =>
    startHub({ endpoints: store.url, port, logger: false, webhookNetworks, ...auth, ...login })
  let hub = await start(0)
  const { port, url } = hub
  const waypost = await connect({ endpoints: store.url, logger: false, ...auth })
  return {
    url,
    store,
    waypost,
    async restartHub() {
      await hub.close()
      hub = await start(port)
    },
    stopHub: () => hub.close(),
    async [Symbol.asyncDispose]() {
      await waypost.close()
      await hub.close()
      await store.close()
    },
  }
}
