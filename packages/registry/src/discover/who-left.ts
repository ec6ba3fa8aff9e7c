import type { EtcdClient } from '@waypost/client'
import type { Instance } from '../record/instance.ts'
import { instanceKey, leftPrefix } from '../record/keys.ts'
import { readInstance } from '../record/read-instance.ts'

/**
 * The keys of those among the instances that have left deliberately, as their farewells say. For who did not see
 * `leaving` itself. A farewell of an earlier process under the same id says nothing of the one that is known.
 */
export async function whoLeft(etcd: EtcdClient, service: string, known: ReadonlyMap<string, Instance>) {
  const prefix = leftPrefix(service)
  const keys: string[] = []
  for await (const farewell of etcd.kv.list({ prefix })) {
    const key = instanceKey(service, farewell.key.slice(prefix.length))
    const before = known.get(key)
    const { instance: last } = readInstance(key, farewell.bytes, farewell.modRevision)
    if (last && last.address === before?.address && last.registeredAt === before.registeredAt) keys.push(key)
  }
  return keys
}
