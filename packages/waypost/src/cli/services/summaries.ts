import type { KeyValue } from '@waypost/client'
import { readInstance, type ServiceSummary, servicesPrefix } from '@waypost/registry'

/** How many instances each service has, sorted by name. */
export function summaries(records: Iterable<readonly [string, KeyValue]>): ServiceSummary[] {
  const found = new Map<string, ServiceSummary>()
  for (const [, { key, bytes, modRevision }] of records) {
    const service = key.slice(servicesPrefix.length).split('/', 1)[0] ?? ''
    const { instance } = readInstance(key, bytes, modRevision)
    const { instances, up, unreadable } = found.get(service) ?? { instances: 0, up: 0, unreadable: 0 }
    found.set(service, {
      service,
      instances: instances + (instance ? 1 : 0),
      up: up + (instance?.status === 'up' ? 1 : 0),
      unreadable: unreadable + (instance ? 0 : 1),
    })
  }
  return [...found.values()].sort((a, b) => (a.service < b.service ? -1 : 1))
}

/** Those that are new or not as they were; a service that has gone comes with zeros. */
export function changedSummaries(
  before: readonly ServiceSummary[],
  after: readonly ServiceSummary[],
): readonly ServiceSummary[] {
  const known = new Map(before.map((summary) => [summary.service, summary]))
  const changed = after.filter((summary) => {
    const previous = known.get(summary.service)
    known.delete(summary.service)
    return (
      previous === undefined ||
      previous.instances !== summary.instances ||
      previous.up !== summary.up ||
      previous.unreadable !== summary.unreadable
    )
  })
  const gone = [...known.keys()].map((service) => ({ service, instances: 0, up: 0, unreadable: 0 }))
  return [...changed, ...gone]
}
