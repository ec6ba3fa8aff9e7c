import type { CacheChange, EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, WaypostError, WorkLine } from '@waypost/core'
import { readOverride } from '../operate/override.ts'
import type { Instance } from '../record/instance.ts'
import { overridesPrefix, readOverrideKey, servicePrefix } from '../record/keys.ts'
import type { Override } from '../record/override.ts'
import { sortedById } from './instance-list.ts'
import { ServiceRecords } from './service-records.ts'

/** A service as of one revision of the store. */
export interface ServiceState {
  readonly revision: bigint
  /** Sorted by id, as a view shows them that has followed since then. */
  readonly instances: readonly Instance[]
}

/** Reads a service as of a revision; by default the newest. Fails with `compacted`, and as the client does. */
export async function instancesAt(
  { etcd, clock }: { readonly etcd: EtcdClient; readonly clock: Clock },
  service: string,
  { revision: wanted, ...call }: CallOptions & { readonly revision?: bigint | undefined },
): Promise<ServiceState> {
  const prefix = servicePrefix(service)
  const revision = wanted ?? (await etcd.kv.range({ prefix }, { ...call, limit: 1, keysOnly: true })).revision
  const overrides = await overridesAt(etcd, service, { ...call, revision })
  const changes: CacheChange[] = []
  for await (const current of etcd.kv.list({ prefix }, { ...call, revision })) {
    changes.push({ type: 'added', key: current.key, current, previous: undefined })
  }
  const records = new ServiceRecords(service, {
    etcd,
    clock,
    guard: undefined,
    overrideOf: (id) => overrides.get(id),
    line: new WorkLine(etcd.slices),
    onChanges: () => {},
  })
  await etcd.slices.run(records.takeInParts(changes, true))
  return { revision, instances: sortedById(records.instances.values()) }
}

/** None, for who may not read them. */
async function overridesAt(
  etcd: EtcdClient,
  service: string,
  options: CallOptions & { readonly revision: bigint },
): Promise<Map<string, Override>> {
  const overrides = new Map<string, Override>()
  try {
    for await (const kv of etcd.kv.list({ prefix: `${overridesPrefix}${service}/` }, options)) {
      const id = readOverrideKey(kv.key)?.id
      const { override } = readOverride(kv.text())
      if (id !== undefined && override !== undefined) overrides.set(id, override)
    }
  } catch (error) {
    if (!WaypostError.is(error, 'permission-denied')) throw error
  }
  return overrides
}
