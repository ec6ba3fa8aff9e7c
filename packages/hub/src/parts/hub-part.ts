import type { RpcHandler } from '@waypost/rpc/server'
import type { FastifyInstance } from 'fastify'
import type { HubServices } from '../hub-services.ts'

/** Something that the hub does besides answering requests: a DNS server, a recorder, a checker of instances. */
export interface RunningPart {
  /** Called once, before the clients of the store are closed. Never fails. */
  close(): Promise<void>
  /** Where the DNS is served. */
  readonly dns?: { readonly host: string; readonly port: number } | undefined
}

/** One line of `part-list.ts`. */
export interface HubPart {
  readonly name: string
  /** gRPC methods that are served on the hub's port. */
  rpcHandlers?(hub: HubServices): readonly RpcHandler[]
  /** Routes that are no operations, because a foreign protocol says what they look like. */
  addRoutes?(app: FastifyInstance, hub: HubServices): void
  /** Called when the hub listens. `undefined`: it is not switched on. */
  start?(hub: HubServices): Promise<RunningPart | undefined>
}
