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
  readonly requestsPerSecond: number
  /** Answers of 500 and more. */
  readonly errorsPerSecond: number
}

export const gatewaysPrefix = '/waypost/gateways/'

export function announcementKey(process: string): string {
  return gatewaysPrefix + process
}
