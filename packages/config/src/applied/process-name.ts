import type { EtcdClient } from '@waypost/client'

/** How many configurations were loaded with each client. */
const loads = new WeakMap<EtcdClient, number>()

/**
 * The name of a loaded configuration in keys: the process's own, as the registry shows it. Each further configuration
 * of one client gets a number, and one of another instance that instance's name in front: no two overwrite each other.
 */
export function processName(etcd: EtcdClient, instance: string): string {
  const load = (loads.get(etcd) ?? 0) + 1
  loads.set(etcd, load)
  const { identity } = etcd
  const name = instance === identity.instance ? identity.process : `${instance}~${identity.process}`
  return load === 1 ? name : `${name}~${load}`
}
