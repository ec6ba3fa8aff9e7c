import { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import { Registry } from '@waypost/registry'
import { Counter } from 'prom-client'
import type { HubServices } from '../hub-services.ts'
import type { HubPart } from '../parts/hub-part.ts'
import { DnsServer } from './dns-server.ts'
import { KnownNames } from './known-names.ts'

const codeNames = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

/** The services of the store in the DNS, read with the hub's own login. */
export const dnsPart: HubPart = {
  name: 'dns',
  async start(hub) {
    const { dns } = hub.settings
    if (dns === undefined) return undefined
    const { namespaces = {}, optional = false, ...options } = dns
    const directory = await hub.own.registry.followAll({ wait: false })
    const source = new KnownNames(directory, hub.own.etcd)
    const others = Object.entries(namespaces).map(([name, prefix]) => new OtherNamespace(name, prefix, hub))
    const close = async (): Promise<void> => {
      await Promise.all([source.close(), directory.close(), ...others.map((other) => other.close())])
    }
    try {
      const sources: [string, KnownNames][] = []
      for (const other of others) sources.push([other.name, await other.follow()])
      const server = await DnsServer.start({
        ...options,
        source,
        namespaces: Object.fromEntries(sources),
        clock: hub.clock,
      })
      hub.logger.info({ host: server.host, port: server.port }, 'The DNS is served.')
      count(hub, server)
      return {
        close: async () => {
          await server.close()
          await close()
        },
        dns: server,
      }
    } catch (error) {
      await close()
      if (!optional || !WaypostError.is(error, 'port-in-use')) throw error
      hub.logger.warn(`${error.message} The hub continues without DNS.`)
      return undefined
    }
  },
}

/** Services below another prefix of the same store. */
class OtherNamespace {
  readonly name: string
  readonly #etcd: EtcdClient
  readonly #registry: Registry
  #names: KnownNames | undefined

  constructor(name: string, prefix: string, { settings }: HubServices) {
    const { storeOptions, auth } = settings
    this.name = name
    this.#etcd = new EtcdClient({ ...storeOptions, auth, namespace: prefix })
    this.#registry = new Registry(this.#etcd)
  }

  async follow(): Promise<KnownNames> {
    this.#names = new KnownNames(await this.#registry.followAll({ wait: false }), this.#etcd)
    return this.#names
  }

  async close(): Promise<void> {
    await this.#names?.close()
    await this.#registry.close()
    await this.#etcd.close()
  }
}

function count({ metrics }: HubServices, server: DnsServer): void {
  new Counter({
    name: 'waypost_hub_dns_answers_total',
    help: 'Answers given by the DNS server.',
    labelNames: ['transport', 'code'] as const,
    registers: [metrics],
    collect() {
      this.reset()
      for (const { transport, code, count } of server.counts) {
        this.inc({ transport, code: codeNames[code] ?? String(code) }, count)
      }
    },
  })
}
