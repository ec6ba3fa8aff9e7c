/** What the fragments in the reference pages take for granted: each stands for what the page's text says of it. */
export const ambientNames = `
import type { ConfigCenter, EtcdClient as Client, Registry, ServiceView, Draft } from 'waypost'
import type * as waypost from 'waypost'
import type { ChannelCredentials } from '@grpc/grpc-js'
import type { AxiosStatic } from 'axios'
declare global {
  const EtcdClient: typeof waypost.EtcdClient
  const put: typeof waypost.put
  const get: typeof waypost.get
  const version: typeof waypost.version
  const readDirectory: typeof waypost.readDirectory
  const writeDirectory: typeof waypost.writeDirectory
  const axios: AxiosStatic
  const UserClient: new (address: string, credentials: ChannelCredentials) => object
  const query: (host: string, port: number, signal: AbortSignal) => Promise<readonly object[]>
  const etcd: Client
  const endpoints: string
  const config: ConfigCenter
  const registry: Registry
  const users: ServiceView
  const path: string
  const text: string
  const key: string
  const schema: Record<string, never>
  const draft: Draft
  const latencyMs: number
}
export {}
`
