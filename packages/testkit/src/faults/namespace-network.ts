import { networkInterfaces } from 'node:os'
import type { EtcdPlace } from '../etcd/etcd-process.ts'
import { run } from '../process/program.ts'
import { forgetNamespace, watchNamespace } from '../process/reaper.ts'
import type { ClusterNetwork, Side } from './cluster-network.ts'

let made = 0

/**
 * Each member in a network namespace of its own, with one cable to a switch for its peers and one to a switch for
 * clients. Both switches stand in a further namespace, where pulling a cable at the switch's end swallows packets
 * without telling the member. Needs Linux, iproute2 and the right to make namespaces: see `canMakeNamespaces`.
 */
export class NamespaceNetwork implements ClusterNetwork {
  readonly kind = 'network namespaces'
  readonly places: readonly EtcdPlace[]
  readonly sides: readonly Side[] = ['peers', 'clients']
  readonly #emptyHost: string
  readonly #names: readonly string[]
  readonly #hub: string

  private constructor(hub: string, names: readonly string[], places: readonly EtcdPlace[], emptyHost: string) {
    this.#hub = hub
    this.#names = names
    this.places = places
    this.#emptyHost = emptyHost
  }

  static async start(size: number): Promise<NamespaceNetwork> {
    made += 1
    // Interface names have at most 15 characters.
    const tag = `wp${process.pid.toString(36)}${made.toString(36)}`
    const hub = `${tag}hub`
    const names = Array.from({ length: size }, (_, index) => `${tag}m${index}`)
    const net = freeNet()
    const places = names.map((name, index) => ({
      host: `${net}.${11 + index}`,
      peerHost: `${net}.${131 + index}`,
      via: ['ip', 'netns', 'exec', name],
    }))
    const network = new NamespaceNetwork(hub, names, places, `${net}.99`)
    try {
      await network.#build(`${tag}c`, `${net}.1`)
    } catch (error) {
      await network.close()
      throw error
    }
    return network
  }

  async endpointsTo(members: readonly string[]): Promise<readonly string[]> {
    return [...members, `http://${this.#emptyHost}:2379`]
  }

  cut(member: number, side: Side): Promise<void> {
    return ip('-n', this.#hub, 'link', 'set', portName(member, side), 'down')
  }

  heal(member: number, side: Side): Promise<void> {
    return ip('-n', this.#hub, 'link', 'set', portName(member, side), 'up')
  }

  async close(): Promise<void> {
    for (const name of [...this.#names, this.#hub]) {
      await run('ip', ['netns', 'delete', name])
      forgetNamespace(name)
    }
  }

  async #build(clientLink: string, clientHost: string): Promise<void> {
    const hub = this.#hub
    await addNamespace(hub)
    for (const side of ['clients', 'peers']) {
      await ip('-n', hub, 'link', 'add', side, 'type', 'bridge')
      await ip('-n', hub, 'link', 'set', side, 'up')
    }
    await ip('link', 'add', clientLink, 'type', 'veth', 'peer', 'name', 'here', 'netns', hub)
    await ip('-n', hub, 'link', 'set', 'here', 'master', 'clients', 'up')
    await ip('addr', 'add', `${clientHost}/25`, 'dev', clientLink)
    await ip('link', 'set', clientLink, 'up')
    for (const [member, name] of this.#names.entries()) {
      await addNamespace(name)
      await ip('-n', name, 'link', 'set', 'lo', 'up')
      const place = this.places[member]
      if (place === undefined) throw new Error('There is a place for every member.')
      for (const [side, host] of [
        ['clients', place.host],
        ['peers', place.peerHost],
      ] as const) {
        const port = portName(member, side)
        await ip('-n', name, 'link', 'add', side, 'type', 'veth', 'peer', 'name', port, 'netns', hub)
        await ip('-n', hub, 'link', 'set', port, 'master', side, 'up')
        await ip('-n', name, 'addr', 'add', `${host}/25`, 'dev', side)
        await ip('-n', name, 'link', 'set', side, 'up')
      }
    }
  }
}

/** Why a `NamespaceNetwork` cannot be made here; undefined when it can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  try {
    const network = await NamespaceNetwork.start(1)
    await network.close()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function addNamespace(name: string): Promise<void> {
  await ip('netns', 'add', name)
  watchNamespace(name)
}

function portName(member: number, side: Side): string {
  return `${side}${member}`
}

/** The first three numbers of a network that no interface of this machine is in. */
function freeNet(): string {
  const taken = Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  )
  for (;;) {
    const net = `10.${64 + Math.floor(Math.random() * 64)}.${Math.floor(Math.random() * 256)}`
    if (!taken.some((address) => address.startsWith(`${net}.`))) return net
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run('ip', args)
  if (code !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`)
}
