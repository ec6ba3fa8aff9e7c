import type { AlgorithmName, InstanceSelector } from '@waypost/registry'
import type { RequestFacts } from '../request/request-facts.ts'

/** How requests are written to the instances. `auto`: h2c for instances with the scheme `h2c` or `grpc`, and for gRPC. */
export type UpstreamProtocol = 'auto' | 'http1' | 'h2c'

/** The instances of a service that requests go to. */
export interface Target {
  /** The same text for the same service, selector and balance: targets of one id share a view. */
  readonly id: string
  readonly service: string
  readonly where: InstanceSelector | undefined
  readonly algorithm: AlgorithmName | undefined
  /** The text that decides among instances with `rendezvous`; `undefined` when the request has none. */
  hashKey?(request: RequestFacts): string | undefined
  readonly protocol: UpstreamProtocol
}
