import type { EmbeddedServer, EmbeddedServerOptions } from '@waypost/server'

export type StartStoreOptions = Omit<EmbeddedServerOptions, 'host' | 'memory'>

/** Starts an embedded server in this process, on a free port of 127.0.0.1, in memory unless `dataDir` is given. */
export async function startStore(options: StartStoreOptions = {}): Promise<EmbeddedServer> {
  // Tests that only need a clock or a foreign program do without the server.
  const { EmbeddedServer } = await import('@waypost/server')
  return EmbeddedServer.start({
    bcryptCost: 4,
    ...options,
    host: '127.0.0.1',
    port: options.port ?? 0,
    memory: options.dataDir === undefined,
  })
}
