import type { EtcdPlace } from '../etcd/etcd-process.ts'

/** What a member can be cut off from. */
export type Side = 'peers' | 'clients'

/**
 * The network that the members of a cluster stand in, and their clients' way to them. Cutting a side swallows what is
 * sent: nobody is told, and connections stay open until those who hold them give up.
 */
export interface ClusterNetwork {
  /** How the network is made, for reports. */
  readonly kind: string
  /** Where the members are to run. */
  readonly places: readonly EtcdPlace[]
  /** What it can cut members off from. */
  readonly sides: readonly Side[]
  /** The clients' way to members that have been started, and last an endpoint at which nobody answers or refuses. */
  endpointsTo(members: readonly string[]): Promise<readonly string[]>
  /** @param member its index */
  cut(member: number, side: Side): Promise<void>
  heal(member: number, side: Side): Promise<void>
  close(): Promise<void>
}
