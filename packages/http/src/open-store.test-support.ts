import { EtcdClient } from '@waypost/client'
import { Registry } from '@waypost/registry'
import type { OpenStore } from './open-store.ts'

export interface TestStore extends OpenStore {
  close(): Promise<void>
}

/** What `connect()` returns, as far as the adapters see it. */
export function openStore(endpoints: string, timeoutMs?: number): TestStore {
  const etcd = new EtcdClient({ endpoints, timeoutMs })
  const registry = new Registry(etcd)
  return {
    etcd,
    registry,
    async close() {
      await registry.close()
      await etcd.close()
    },
  }
}
