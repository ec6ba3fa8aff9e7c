import type { EtcdClient } from '@waypost/client'
import type { Registry } from '@waypost/registry'

/** What the adapters use of an open store: what `connect()` of the package `waypost` returns has both. */
export interface OpenStore {
  readonly etcd: Pick<EtcdClient, 'state'>
  readonly registry: Registry
}
