import type { OperationExample } from '../../src/operation/operation.ts'
import type { Preparations, PreparedStore } from './prepare.ts'

async function owned({ registry }: PreparedStore): Promise<void> {
  await registry.names.apply('user', { owner: 'team-accounts' })
}

async function session({ etcd }: PreparedStore): Promise<OperationExample> {
  const lease = await etcd.leases.grant({ ttlSeconds: 60, keepAlive: false })
  return { params: { session: String(lease.id) } }
}

async function registered({ etcd, registry }: PreparedStore): Promise<void> {
  await etcd.kv.delete('/services/user/user-1')
  const lease = await etcd.leases.grant({ ttlSeconds: 600, keepAlive: false })
  await registry.onLease(lease.id).register({ service: 'user', id: 'user-1', host: '192.0.2.1', port: 3445 })
}

export const names: Preparations = {
  'names.show': owned,
  'names.release': owned,
  'names.heartbeat': session,
  'names.showSession': session,
  'names.endSession': session,
  'names.showInstance': registered,
  'names.change': registered,
  'names.drain': registered,
  'names.deregister': registered,
  'names.pick': registered,
  'names.registerPersistent': async ({ etcd }) => {
    await etcd.kv.delete('/services/printer/printer-1')
  },
}
