import type { Preparations, PreparedStore } from './prepare.ts'

async function anInstance({ etcd }: PreparedStore): Promise<void> {
  await etcd.kv.put('/services/user/a', '{"host":"10.0.0.1","port":80}')
}

async function aLease({ etcd }: PreparedStore) {
  const lease = await etcd.leases.grant({ ttlSeconds: 60 })
  return { params: { lease: lease.id.toString(16) } }
}

export const keys: Preparations = {
  'keys.read': anInstance,
  'keys.history': anInstance,
  'keys.lease': aLease,
  'keys.revokeLease': aLease,
  'cluster.compact': async ({ etcd }) => {
    const { revision } = await etcd.kv.put('/compacted', '')
    return { body: { revision: String(revision) } }
  },
}
