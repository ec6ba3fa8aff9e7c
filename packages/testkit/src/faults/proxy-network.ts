import { type EtcdPlace, loopback } from '../etcd/etcd-process.ts'
import type { ClusterNetwork, Side } from './cluster-network.ts'
import { FaultProxy } from './fault-proxy.ts'

/** Members on 127.0.0.1, each behind a proxy that can swallow what clients send it. Runs anywhere; peers stay together. */
export class ProxyNetwork implements ClusterNetwork {
  readonly kind = 'proxies'
  readonly places: readonly EtcdPlace[]
  readonly sides: readonly Side[] = ['clients']
  #proxies: readonly FaultProxy[] = []

  constructor(size: number) {
    this.places = Array.from({ length: size }, () => loopback)
  }

  async endpointsTo(members: readonly string[]): Promise<readonly string[]> {
    const [first = ''] = members
    const proxies = await Promise.all([...members, first].map((url) => FaultProxy.start(Number(new URL(url).port))))
    this.#proxies = proxies
    for (const hole of proxies.slice(-1)) hole.stalled = true
    return proxies.map(({ url }) => url)
  }

  async cut(member: number, side: Side): Promise<void> {
    this.#stall(member, side, true)
  }

  async heal(member: number, side: Side): Promise<void> {
    this.#stall(member, side, false)
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }

  #stall(member: number, side: Side, stalled: boolean): void {
    const proxy = this.#proxies[member]
    if (proxy === undefined || side === 'peers')
      throw new Error(`A proxy cannot cut member ${member} off from ${side}.`)
    proxy.stalled = stalled
  }
}
