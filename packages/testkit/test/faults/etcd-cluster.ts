import { Auth, AuthenticateRequest, Maintenance, StatusRequest } from '@waypost/protocol'
import { RpcConnection } from '@waypost/rpc'
import type { ClusterNetwork } from '../../src/faults/cluster-network.ts'
import { type EtcdCluster, type EtcdProcess, startEtcdCluster } from '../../src/index.ts'
import { Wire } from '../../src/wire/wire.ts'
import type { FaultStore } from './fault-store.ts'

const quickMs = 300

/** Three etcd members that can be killed, stopped and cut off, and clients that are given dead endpoints besides. */
export class FaultyCluster implements FaultStore {
  readonly auth = { username: 'root', password: 'secret' }
  readonly network: ClusterNetwork
  readonly endpoints: readonly string[]
  readonly #cluster: EtcdCluster
  /** Whether the store asks for the login. */
  authOn = false

  private constructor(network: ClusterNetwork, cluster: EtcdCluster, endpoints: readonly string[]) {
    this.network = network
    this.#cluster = cluster
    this.endpoints = endpoints
  }

  static async start(network: ClusterNetwork): Promise<FaultyCluster> {
    const cluster = await startEtcdCluster(3, { places: network.places, args: ['--bcrypt-cost', '4'] })
    return new FaultyCluster(network, cluster, await network.endpointsTo(cluster.endpoints))
  }

  get members(): readonly EtcdProcess[] {
    return this.#cluster.members
  }

  async connect(): Promise<Wire> {
    for (;;) {
      for (const member of this.members) {
        const status = await this.#status(member)
        if (status === undefined || status.leader === 0n) continue
        const wire = new Wire(member.url)
        if (!this.authOn) return wire
        const { username: name, password } = this.auth
        const { token } = await wire.call(Auth.authenticate, AuthenticateRequest.create({ name, password }))
        return wire.withToken(token)
      }
    }
  }

  /** The index of the member that leads, as most members see it. */
  async leader(): Promise<number> {
    for (;;) {
      const seen = await Promise.all(this.members.map((member) => this.#status(member)))
      const index = seen.findIndex(
        (status) =>
          status !== undefined &&
          seen.filter((other) => other?.leader === status.member && other.term === status.term).length >= 2,
      )
      if (index >= 0) return index
    }
  }

  async close(): Promise<void> {
    await this.#cluster.close()
    await this.network.close()
  }

  /** What a member says of itself and its leader, if it answers quickly. */
  async #status(member: EtcdProcess): Promise<{ member: bigint; leader: bigint; term: bigint } | undefined> {
    const connection = new RpcConnection(member.url, { connectTimeoutMs: quickMs })
    try {
      const options = { timeoutMs: quickMs }
      const { header, leader } = await connection.unary(Maintenance.status, StatusRequest.create({}), options)
      return { member: header?.memberId ?? 0n, leader, term: header?.raftTerm ?? 0n }
    } catch {
      return undefined
    } finally {
      connection.destroy()
    }
  }
}
