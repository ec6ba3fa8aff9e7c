import type { Instance, ServiceSummary } from '@waypost/registry'

export function serviceJson({ service, instances, up, unreadable }: ServiceSummary): string {
  return `${JSON.stringify({ service, instances, up, unreadable })}\n`
}

/** An instance, with what happened to it where that is the news. */
export function instanceJson(instance: Instance, event?: string): string {
  const { revision, ...facts } = instance
  return `${JSON.stringify({ event, ...facts, revision: Number(revision) })}\n`
}

/** Facts about services on one line; revisions, which are far from 2⁵³, are plain digits. */
export function factsJson(facts: object): string {
  return `${JSON.stringify(facts, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}\n`
}
