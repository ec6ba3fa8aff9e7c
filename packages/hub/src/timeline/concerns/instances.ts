import { readInstance, servicesPrefix } from '@waypost/registry'
import type { EventKind, Facts } from '../event.ts'
import {
  type Concern,
  type DerivedEvent,
  facts,
  type KeyChange,
  type Moment,
  sameFacts,
  unreadable,
} from './concern.ts'

const leftPrefix = '/waypost/services/left/'

/** Instances of services. */
export const instances: Concern = {
  follows: (key) => key.startsWith(servicesPrefix) && namesOf(key) !== undefined,
  subject: (key) => key,
  derive(key, moment) {
    const change = moment.change(key)
    const was = moment.known(key)
    if (change === undefined) return []
    const now = factsOf(change, moment.revision)
    if (sameFacts(was, now)) return []
    return [{ ...kindOf(key, was, now, moment), key, ...namesOf(key), was, now }]
  },
}

function namesOf(key: string): { readonly service: string; readonly instance: string } | undefined {
  const [service, instance, more] = key.slice(servicesPrefix.length).split('/')
  return service && instance && more === undefined ? { service, instance } : undefined
}

function factsOf({ key, value, lease }: KeyChange, revision: bigint): Facts | undefined {
  if (value === undefined) return undefined
  const { instance } = readInstance(key, value, revision)
  if (instance === undefined) return unreadable
  const { host, port, scheme, version, zone, weight, status, tags, metadata, process, registeredAt } = instance
  return facts({
    host,
    port,
    scheme,
    version,
    zone,
    weight,
    status,
    tags: tags.length === 0 ? undefined : tags,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    process,
    registeredAt,
    lease: lease === '0' ? undefined : lease,
  })
}

function kindOf(
  key: string,
  was: Facts | undefined,
  now: Facts | undefined,
  moment: Moment,
): Pick<DerivedEvent, 'kind' | 'reason' | 'by' | 'comment'> {
  if (now === undefined) return { kind: 'instance.down', ...whyGone(key, was, moment) }
  if (now === unreadable)
    return { kind: was === undefined ? 'instance.changed' : 'instance.down', reason: 'unreadable' }
  if (was === undefined || was.status !== now.status) return { kind: kindOfStatus(now.status) }
  const { lease: _, ...rest } = now
  const { lease: __, ...before } = was
  return { kind: sameFacts(rest, before) ? 'instance.restored' : 'instance.changed' }
}

function kindOfStatus(status: unknown): EventKind {
  return status === 'starting' ? 'instance.starting' : status === 'leaving' ? 'instance.leaving' : 'instance.up'
}

function whyGone(key: string, was: Facts | undefined, moment: Moment): Pick<DerivedEvent, 'reason' | 'by' | 'comment'> {
  const { audit } = moment
  if (audit?.instances?.includes(key.slice(servicesPrefix.length))) {
    return { reason: 'evicted', by: audit.author, comment: audit.comment }
  }
  if (was?.status === 'leaving') return { reason: 'left' }
  if (moment.change(leftPrefix + key.slice(servicesPrefix.length))?.value !== undefined) return { reason: 'left' }
  if (typeof was?.lease !== 'string') return { reason: 'evicted' }
  const isGone = moment.isLeaseGone(was.lease)
  return { reason: isGone === undefined ? 'unknown' : isGone ? 'expired' : 'evicted' }
}
