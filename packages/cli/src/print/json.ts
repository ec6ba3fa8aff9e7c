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
import { base64, type Json, type JsonObject } from './json-line.ts'

/**
 * The shapes that `etcdctl -w json` prints: names of the wire, keys and values in base64.
 * Fields that hold their default are left out where etcdctl leaves them out.
 */

export function putJson(header: Header, answer: PutAnswer): Json {
  return { header: headerFields(header), ...putFields(answer) }
}

export function putFields({ previous }: PutAnswer): JsonObject {
  return { prev_kv: previous && keyValue(previous) }
}

export function rangeJson(header: Header, answer: RangeAnswer): Json {
  return { header: headerFields(header), ...rangeFields(answer) }
}

export function rangeFields({ kvs, more, count }: RangeAnswer): JsonObject {
  return { kvs: unlessEmpty(kvs.map(keyValue)), more: more || undefined, count: unlessZero(count) }
}

export function deleteJson(header: Header, answer: DeleteAnswer): Json {
  return { header: headerFields(header), ...deleteFields(answer) }
}

export function deleteFields({ deleted, previous }: DeleteAnswer): JsonObject {
  return { deleted: unlessZero(BigInt(deleted)), prev_kvs: unlessEmpty(previous.map(keyValue)) }
}

export function watchJson(header: Header, events: readonly EventFields[]): Json {
  return {
    Header: headerFields(header),
    Events: events.map(({ type, kv, previous }) => ({
      type: type === 'delete' ? 1 : undefined,
      kv: keyValue(kv),
      prev_kv: previous && keyValue(previous),
    })),
    CompactRevision: 0,
    Canceled: false,
    Created: false,
    CancelReason: '',
  }
}

export function leaseGrantJson(header: Header, { id, ttlSeconds }: LeaseFields): Json {
  return { ...headerFields(header), ID: id, TTL: ttlSeconds, Error: '' }
}

export function leaseKeepAliveJson(header: Header, { id, ttlSeconds }: LeaseFields): Json {
  return { ...headerFields(header), ID: id, TTL: ttlSeconds }
}

export function leaseListJson(header: Header, ids: readonly bigint[]): Json {
  return { ...headerFields(header), leases: ids.map((id) => ({ id })) }
}

export function leaseTimesJson(header: Header, lease: LeaseTimesAnswer): Json {
  return {
    ...headerFields(header),
    id: lease.id,
    ttl: lease.ttlSeconds,
    'granted-ttl': lease.grantedTtlSeconds,
    keys: unlessEmpty(lease.keys.map((key) => base64(Buffer.from(key)))) ?? null,
  }
}

export function statusJson(members: readonly StatusAnswer[]): Json {
  return members.map((member) => ({
    Endpoint: member.endpoint,
    Status: {
      header: headerFields(member),
      version: member.version || undefined,
      dbSize: unlessZero(member.dbSizeBytes),
      leader: unlessZero(member.leader),
      raftIndex: unlessZero(member.raftIndex),
      raftTerm: unlessZero(member.raftTerm),
      raftAppliedIndex: unlessZero(member.raftAppliedIndex),
      errors: unlessEmpty(member.errors),
      dbSizeInUse: unlessZero(member.dbSizeInUseBytes),
      isLearner: member.isLearner || undefined,
      storageVersion: member.storageVersion || undefined,
      dbSizeQuota: unlessZero(member.dbSizeQuotaBytes),
      downgradeInfo: member.downgrade && {
        enabled: member.downgrade.enabled || undefined,
        targetVersion: member.downgrade.targetVersion || undefined,
      },
    },
  }))
}

export function headerFields({ clusterId, memberId, revision, raftTerm }: Header): JsonObject {
  return {
    cluster_id: unlessZero(clusterId),
    member_id: unlessZero(memberId),
    revision: unlessZero(revision),
    raft_term: unlessZero(raftTerm),
  }
}

function keyValue(kv: KeyValueFields): Json {
  return {
    key: unlessNoBytes(kv.keyBytes),
    create_revision: unlessZero(kv.createRevision),
    mod_revision: unlessZero(kv.modRevision),
    version: unlessZero(kv.version),
    value: unlessNoBytes(kv.bytes),
    lease: unlessZero(kv.lease),
  }
}

export function unlessZero(value: bigint | undefined): bigint | undefined {
  return value === 0n ? undefined : value
}

export function unlessNoBytes(value: Uint8Array): string | undefined {
  return value.length === 0 ? undefined : base64(value)
}

export function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}
