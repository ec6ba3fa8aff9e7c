import type { EtcdPlace } from '../etcd/etcd-process.ts'

/** What a member can be cut off from. */
export type Side = 'peers' | 'clients'

/**
 * The network that the members of a cluster stand in, and their clients' way to them. Cutting a side swallows packets:
 * nobody is told, and connections stay open until those who hold them give up.
 */
export interface ClusterNetwork {
  /** How the network is made, for reports. */
  readonly kind: string
  readonly places: readonly EtcdPlace[]
  /** An address in the network at which nobody answers, and nobody refuses either. */
  readonly emptyHost: string
  /** @param member its index */
  cut(member: number, side: Side): Promise<void>
  heal(member: number, side: Side): Promise<void>
  close(): Promise<void>
}
