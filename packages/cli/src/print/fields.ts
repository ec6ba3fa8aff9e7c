import type { Member, Permission } from '@waypost/client'
import type {
  DeleteAnswer,
  EventFields,
  Header,
  KeyValueFields,
  LeaseFields,
  LeaseTimesAnswer,
  PutAnswer,
  RangeAnswer,
  StatusAnswer,
} from './answers.ts'
import { goQuote } from './go-quote.ts'

/** What `etcdctl -w fields` prints: a line for each field, the name in quotes, and texts as Go's string literals. */

export function headerLines({ clusterId = 0n, memberId = 0n, revision, raftTerm = 0n }: Header): string {
  const revisionField = revision === 0n ? [] : [['Revision', revision] as const]
  return lines(['ClusterID', clusterId], ['MemberID', memberId], ...revisionField, ['RaftTerm', raftTerm])
}

export function putLines({ previous }: PutAnswer): string {
  return previous ? keyValueLines(previous, 'Prev') : ''
}

export function rangeLines({ kvs, more, count }: RangeAnswer): string {
  return kvs.map((kv) => keyValueLines(kv)).join('') + lines(['More', more], ['Count', count])
}

export function deleteLines({ deleted, previous }: DeleteAnswer): string {
  return lines(['Deleted', deleted]) + previous.map((kv) => keyValueLines(kv, 'Prev')).join('')
}

export function watchLines(events: readonly EventFields[]): string {
  return events
    .map(
      ({ type, kv, previous }) =>
        lines(['Type', type.toUpperCase()]) + (previous ? keyValueLines(previous, 'Prev') : '') + keyValueLines(kv),
    )
    .join('')
}

export function leaseLines({ id, ttlSeconds }: LeaseFields): string {
  return lines(['ID', id], ['TTL', ttlSeconds])
}

export function leaseTimesLines(lease: LeaseTimesAnswer): string {
  const keys = lease.keys.map((key) => lines(['Key', quoted(key)]))
  return leaseLines(lease) + lines(['GrantedTTL', lease.grantedTtlSeconds]) + keys.join('')
}

export function leaseListLines(ids: readonly bigint[]): string {
  return ids.map((id) => lines(['ID', id])).join('')
}

const permissionNames = { read: 'READ', write: 'WRITE', readwrite: 'READWRITE' } as const

export function permissionLines(permissions: readonly Permission[]): string {
  return permissions
    .map(({ type, keyBytes, rangeEndBytes }) =>
      // etcdctl prints two spaces here.
      lines(
        ['PermType', ` ${permissionNames[type]}`],
        ['Key', goQuote(keyBytes)],
        ['RangeEnd', goQuote(rangeEndBytes)],
      ),
    )
    .join('')
}

/** `"Roles" : "a" "b"` */
export function nameLine(title: string, names: readonly string[]): string {
  return `"${title}" :${names.map((name) => ` ${quoted(name)}`).join('')}\n`
}

export function memberLines(members: readonly Member[]): string {
  return members
    .map(
      ({ id, name, peerUrls, clientUrls, isLearner }) =>
        `${lines(
          ['ID', id],
          ['Name', quoted(name)],
          ...peerUrls.map((url) => ['PeerURL', quoted(url)] as const),
          ...clientUrls.map((url) => ['ClientURL', quoted(url)] as const),
          ['IsLearner', isLearner],
        )}\n`,
    )
    .join('')
}

export function statusLines(member: StatusAnswer): string {
  return `${headerLines(member)}${lines(
    ['Version', quoted(member.version)],
    ['StorageVersion', quoted(member.storageVersion)],
    ['DBSize', member.dbSizeBytes],
    ['DBSizeInUse', member.dbSizeInUseBytes],
    ['DBSizeQuota', member.dbSizeQuotaBytes],
    ['Leader', member.leader],
    ['IsLearner', member.isLearner],
    ['RaftIndex', member.raftIndex],
    ['RaftAppliedIndex', member.raftAppliedIndex],
    ['Errors', `[${member.errors.join(' ')}]`],
    ['Endpoint', quoted(member.endpoint)],
    ['DowngradeTargetVersion', quoted(member.downgrade?.targetVersion ?? '')],
    ['DowngradeEnabled', member.downgrade?.enabled ?? false],
  )}\n`
}

export function hashLines(endpoint: string, header: Header, hash: number, hashRevision: bigint): string {
  const own = lines(['Endpoint', quoted(endpoint)], ['Hash', hash], ['HashRevision', hashRevision])
  return `${headerLines(header)}${own}\n`
}

function keyValueLines(kv: KeyValueFields, prefix = ''): string {
  return lines(
    [`${prefix}Key`, goQuote(kv.keyBytes)],
    [`${prefix}CreateRevision`, kv.createRevision],
    [`${prefix}ModRevision`, kv.modRevision],
    [`${prefix}Version`, kv.version],
    [`${prefix}Value`, goQuote(kv.bytes)],
    [`${prefix}Lease`, kv.lease],
  )
}

function lines(...fields: readonly (readonly [name: string, value: string | bigint | number | boolean])[]): string {
  return fields.map(([name, value]) => `"${name}" : ${value}\n`).join('')
}

function quoted(text: string): string {
  return goQuote(Buffer.from(text))
}
