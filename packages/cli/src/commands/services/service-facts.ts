import type { ServiceSummary } from '@waypost/registry'

/** What programs are told of a service. */
export function serviceFacts({ service, instances, up, unreadable }: ServiceSummary): object {
  return { service, instances, up, unreadable }
}
