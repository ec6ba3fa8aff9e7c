import type {
  DeleteAnswer,
  EventFields,
  KeyValueFields,
  LeaseFields,
  LeaseTimesAnswer,
  PutAnswer,
  RangeAnswer,
  StatusAnswer,
} from './answers.ts'
import { byteCount } from './byte-count.ts'

/** What `etcdctl` prints by default, byte for byte: keys and values raw, each followed by a newline. */
const newline = Buffer.from('\n')

export interface SimpleOptions {
  /** Prints values without their keys. */
  readonly valueOnly?: boolean | undefined
  /** Prints the bytes of keys and values as `\x61\x62`. */
  readonly hex?: boolean | undefined
}

export function putSimple({ previous }: PutAnswer, options: SimpleOptions = {}): Uint8Array {
  return Buffer.concat([Buffer.from('OK\n'), ...(previous ? keyValue(previous, options) : [])])
}

export function rangeSimple({ kvs }: Pick<RangeAnswer, 'kvs'>, options: SimpleOptions = {}): Uint8Array {
  return Buffer.concat(kvs.flatMap((kv) => keyValue(kv, options)))
}

export function deleteSimple({ deleted, previous }: DeleteAnswer, options: SimpleOptions = {}): Uint8Array {
  return Buffer.concat([Buffer.from(`${deleted}\n`), ...previous.flatMap((kv) => keyValue(kv, options))])
}

export function watchSimple(events: readonly EventFields[], options: SimpleOptions = {}): Uint8Array {
  return Buffer.concat(
    events.flatMap(({ type, kv, previous }) => [
      Buffer.from(`${type.toUpperCase()}\n`),
      ...(previous ? keyValue(previous, options) : []),
      ...keyValue(kv, options),
    ]),
  )
}

/** A lease id as etcdctl writes it: 16 hexadecimal digits. */
export function leaseHex(id: bigint): string {
  return id < 0n ? `-${(-id).toString(16).padStart(15, '0')}` : id.toString(16).padStart(16, '0')
}

export function leaseGrantSimple({ id, ttlSeconds }: LeaseFields): string {
  return `lease ${leaseHex(id)} granted with TTL(${ttlSeconds}s)\n`
}

export function leaseRevokeSimple(id: bigint): string {
  return `lease ${leaseHex(id)} revoked\n`
}

export function leaseKeepAliveSimple({ id, ttlSeconds }: LeaseFields): string {
  return `lease ${leaseHex(id)} keepalived with TTL(${ttlSeconds})\n`
}

export function leaseGoneSimple(id: bigint): string {
  return `lease ${leaseHex(id)} expired or revoked.\n`
}

export function leaseListSimple(ids: readonly bigint[]): string {
  return [`found ${ids.length} leases`, ...ids.map(leaseHex), ''].join('\n')
}

export function leaseTimesSimple(lease: LeaseTimesAnswer, withKeys: boolean): string {
  const id = leaseHex(lease.id)
  if (lease.grantedTtlSeconds === 0 && lease.ttlSeconds === -1) return `lease ${id} already expired\n`
  const times = `lease ${id} granted with TTL(${lease.grantedTtlSeconds}s), remaining(${lease.ttlSeconds}s)`
  return withKeys ? `${times}, attached keys([${lease.keys.join(' ')}])\n` : `${times}\n`
}

export function statusSimple(members: readonly StatusAnswer[]): string {
  return members.map((member) => `${statusCells(member).join(', ')}\n`).join('')
}

function statusCells(member: StatusAnswer): (string | bigint | boolean)[] {
  return [
    member.endpoint,
    member.memberId.toString(16),
    member.version,
    member.storageVersion,
    byteCount(member.dbSizeBytes),
    byteCount(member.dbSizeInUseBytes),
    `${shareNotInUse(member)}%`,
    byteCount(member.dbSizeQuotaBytes),
    member.leader === member.memberId,
    member.isLearner,
    member.raftTerm,
    member.raftIndex,
    member.raftAppliedIndex,
    member.errors.join(', '),
    member.downgrade?.targetVersion ?? '',
    member.downgrade?.enabled ?? false,
  ]
}

/** Percent of the file that a defragmentation would give back. */
function shareNotInUse({ dbSizeBytes, dbSizeInUseBytes }: StatusAnswer): bigint {
  return dbSizeBytes === 0n ? 0n : 100n - (dbSizeInUseBytes * 100n) / dbSizeBytes
}

function keyValue(kv: KeyValueFields, { valueOnly = false, hex = false }: SimpleOptions): Uint8Array[] {
  const value = hex ? hexBytes(kv.bytes) : kv.bytes
  return valueOnly ? [value, newline] : [hex ? hexBytes(kv.keyBytes) : kv.keyBytes, newline, value, newline]
}

function hexBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''))
}
