import { terminal } from '../terminal/terminal.ts'
import type { DeleteAnswer, EventFields, KeyValueFields, PutAnswer, RangeAnswer } from './answers.ts'
import { printable } from './printable.ts'
import { leaseHex } from './simple.ts'
import { table } from './table.ts'

export function putTable({ revision, previous }: PutAnswer): string {
  const written = `Written at revision ${revision}.\n`
  return previous ? `${written}Before:\n${keyValueTable([previous])}` : written
}

export function rangeTable({ kvs, count, more }: RangeAnswer, keysOnly = false): string {
  if (kvs.length === 0) return 'No keys.\n'
  return keyValueTable(kvs, keysOnly) + (more ? `${kvs.length} of ${keyCount(count)}.\n` : '')
}

export function deleteTable({ deleted, previous }: DeleteAnswer): string {
  return `${previous.length === 0 ? '' : keyValueTable(previous)}${keyCount(deleted)} deleted.\n`
}

export function watchTable(events: readonly EventFields[]): string {
  const rows = events.map(({ type, kv, previous }) => [
    String(kv.modRevision),
    type.toUpperCase(),
    printable(kv.keyBytes),
    printable(kv.bytes),
    previous ? printable(previous.bytes) : '',
  ])
  return table(['REVISION', 'EVENT', 'KEY', 'VALUE', 'BEFORE'], rows, terminal.tableStyle)
}

function keyCount(count: bigint | number): string {
  return `${count} ${BigInt(count) === 1n ? 'key' : 'keys'}`
}

function keyValueTable(kvs: readonly KeyValueFields[], keysOnly = false): string {
  const value = keysOnly ? [] : ['VALUE']
  const rows = kvs.map((kv) => [
    printable(kv.keyBytes),
    ...value.map(() => printable(kv.bytes)),
    String(kv.version),
    String(kv.createRevision),
    String(kv.modRevision),
    kv.lease === 0n ? '-' : leaseHex(kv.lease),
  ])
  return table(['KEY', ...value, 'VERSION', 'CREATED', 'MODIFIED', 'LEASE'], rows, terminal.tableStyle)
}
