import type { BalanceOptions, InstanceSelector } from '@waypost/registry'
import type { RequestFacts } from '../request/request-facts.ts'

/** How requests are written to the instances. `auto`: h2c for instances with the scheme `h2c` or `grpc`, and for gRPC. */
export type UpstreamProtocol = 'auto' | 'http1' | 'h2c'

/** The instances of a service that requests go to. */
export interface Target {
  /** Equal for equal settings, over changes of the document too: targets of one key share a view. */
  readonly key: string
  readonly service: string
  readonly where: InstanceSelector | undefined
  readonly balance: BalanceOptions
  readonly protocol: UpstreamProtocol
  /** The text that decides among instances with `rendezvous`; `undefined` when the request has none. */
  hashKey?(request: RequestFacts): string | undefined
}
