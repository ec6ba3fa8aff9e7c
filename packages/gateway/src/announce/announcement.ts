/** What a gateway publishes of itself: the JSON value of `/waypost/gateways/<process>`, on the process's lease. */
export interface GatewayAnnouncement {
  readonly process: string
  readonly instance: string
  readonly host: string
  readonly pid: number
  readonly zone?: string | undefined
  readonly startedAt: string
  /** When this was written. The figures are those of the time since the value before. */
  readonly at: string
  readonly document: AnnouncedDocument
  readonly inFlight: number
  readonly connections: number
  /** Those with the most requests come first; more than 200 are left out. */
  readonly routes: readonly AnnouncedRoute[]
  readonly routeCount: number
  /** Those with the most requests come first; more than 200 are left out. */
  readonly instances: readonly AnnouncedInstance[]
}

/** The routes that are in force, and why newer ones are not. */
export interface AnnouncedDocument {
  readonly path: string
  readonly revision: string
  readonly release?: number | undefined
  readonly staleSince?: string | undefined
  readonly problems: readonly string[]
}

export interface AnnouncedRoute {
  readonly name: string
  readonly kind: 'proxy' | 'answer'
  readonly services: readonly string[]
  readonly policies: readonly string[]
  /** Absent while every breaker of the route is closed. */
  readonly breaker?: 'open' | 'half-open' | undefined
  readonly requestsPerSecond: number
  /** Answers of 500 and more. */
  readonly errorsPerSecond: number
  /** From the head of a request to the end of its answer, of half and of 99 in 100; absent without requests. */
  readonly p50Ms?: number | undefined
  readonly p99Ms?: number | undefined
}

/** An instance as the gateway sees it. */
export interface AnnouncedInstance {
  readonly service: string
  readonly instance: string
  readonly address: string
  /** As it registered, or `suspect` when the store may have lost sight of it. */
  readonly status: string
  readonly requestsPerSecond: number
  readonly failuresPerSecond: number
  /** From a request to the head of its answer, of half and of 99 in 100; absent without requests. */
  readonly p50Ms?: number | undefined
  readonly p99Ms?: number | undefined
}

export const gatewaysPrefix = '/waypost/gateways/'

export function announcementKey(process: string): string {
  return gatewaysPrefix + process
}
