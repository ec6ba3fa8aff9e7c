/**
 * What is needed of `@grpc/grpc-js`, from 1.13 to 1.14 and later. Its resolver and load balancer APIs are marked
 * experimental and changed between the two, so they are taken from the module that the application itself uses.
 */
export interface GrpcModule<Helper extends GrpcChannelHelper> {
  readonly Metadata: new () => object
  readonly status: { readonly UNAVAILABLE: number; readonly DEADLINE_EXCEEDED: number; readonly CANCELLED: number }
  readonly connectivityState: Readonly<Record<'IDLE' | 'CONNECTING' | 'READY' | 'TRANSIENT_FAILURE', number>>
  readonly experimental: {
    registerResolver(scheme: string, resolverClass: unknown): void
    registerLoadBalancerType(name: string, policyClass: unknown, configClass: unknown): void
    /** The parent with some of its methods replaced. */
    createChildChannelControlHelper(parent: Helper, overrides: Partial<GrpcChannelHelper>): Helper
    readonly LeafLoadBalancer: new (endpoint: GrpcEndpoint, helper: Helper, options: object, note: string) => GrpcLeaf
    readonly QueuePicker: new (policy: GrpcPolicy) => GrpcPicker
    readonly UnavailablePicker: new (status: { details: string }) => GrpcPicker
  }
}

/** The channel, as a policy sees it. */
export interface GrpcChannelHelper {
  updateState(state: number, picker: GrpcPicker, errorMessage: string | null): void
}

/** The connection to one endpoint. */
export interface GrpcLeaf {
  startConnecting(): void
  exitIdle(): void
  destroy(): void
  getConnectivityState(): number
  getPicker(): GrpcPicker
}

/** Asked for every call. */
export interface GrpcPicker {
  pick(args: object): GrpcPickResult
}

/** What is handed on of it is gRPC's own. */
export interface GrpcPickResult {
  readonly subchannel: object | null
  readonly onCallStarted: (() => void) | null
  readonly onCallEnded: ((status: number, details: string, metadata: never) => void) | null
}

/** A load balancing policy: what it answers to gRPC. */
export interface GrpcPolicy {
  updateAddressList(endpoints: unknown, config: unknown, options: object, note?: string): boolean
  exitIdle(): void
  resetBackoff(): void
  destroy(): void
  getTypeName(): string
}

export interface GrpcTarget {
  readonly scheme?: string | undefined
  readonly authority?: string | undefined
  readonly path: string
}

export interface GrpcEndpoint {
  readonly addresses: { host: string; port: number }[]
}

export interface GrpcStatus {
  readonly code: number
  readonly details: string
  readonly metadata: object
}

type StatusOr<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: GrpcStatus }

/** Up to 1.13. */
interface ListenerObject {
  onSuccessfulResolution(
    endpoints: readonly GrpcEndpoint[],
    serviceConfig: object | null,
    serviceConfigError: null,
    configSelector: null,
    attributes: object,
  ): void
  onError(error: GrpcStatus): void
}

/** From 1.14 on. */
type ListenerFunction = (
  endpoints: StatusOr<readonly GrpcEndpoint[]>,
  attributes: object,
  serviceConfig: StatusOr<object> | null,
  resolutionNote: string,
) => boolean

export type GrpcListener = ListenerObject | ListenerFunction

export function tellEndpoints(listener: GrpcListener, endpoints: readonly GrpcEndpoint[], serviceConfig: object): void {
  if (typeof listener === 'function') {
    listener({ ok: true, value: endpoints }, {}, { ok: true, value: serviceConfig }, '')
  } else listener.onSuccessfulResolution(endpoints, serviceConfig, null, null, {})
}

export function tellError(listener: GrpcListener, error: GrpcStatus): void {
  if (typeof listener === 'function') listener({ ok: false, error }, {}, null, '')
  else listener.onError(error)
}
