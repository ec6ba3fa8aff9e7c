import { expect, test } from 'vitest'
import { keyValueOf } from './key-value.test-support.ts'
import {
  deleteSimple,
  leaseHex,
  leaseListSimple,
  leaseTimesSimple,
  putSimple,
  rangeSimple,
  watchSimple,
} from './simple.ts'

const a = keyValueOf('a', '1')

test('keys and values are printed raw, one per line', () => {
  const bytes = keyValueOf('bin', Buffer.from([0xff, 0x00, 0x0a]))
  expect(Buffer.from(rangeSimple({ kvs: [a, bytes] }))).toEqual(
    Buffer.concat([Buffer.from('a\n1\nbin\n'), Buffer.from([0xff, 0x00, 0x0a]), Buffer.from('\n')]),
  )
})

test('values alone, and in hexadecimal', () => {
  expect(text(rangeSimple({ kvs: [a] }, { valueOnly: true }))).toBe('1\n')
  expect(text(rangeSimple({ kvs: [keyValueOf('ab', '')] }, { hex: true }))).toBe('\\x61\\x62\n\n')
})

test('what was there before follows the answer', () => {
  expect(text(putSimple({ revision: 3n, previous: undefined }))).toBe('OK\n')
  expect(text(putSimple({ revision: 3n, previous: a }))).toBe('OK\na\n1\n')
  expect(text(deleteSimple({ deleted: 1, previous: [a] }))).toBe('1\na\n1\n')
})

test('an event prints its type, the key before and the key now', () => {
  const events = [
    { type: 'put', kv: keyValueOf('a', '2'), previous: a },
    { type: 'delete', kv: keyValueOf('a', ''), previous: undefined },
  ] as const
  expect(text(watchSimple(events))).toBe('PUT\na\n1\na\n2\nDELETE\na\n\n')
})

test('lease ids have 16 hexadecimal digits, the sign among them', () => {
  expect(leaseHex(0x123n)).toBe('0000000000000123')
  expect(leaseHex(-5n)).toBe('-000000000000005')
  expect(leaseHex(7587899038274485837n)).toBe('694da1f90fe0fe4d')
})

test('the times of a lease', () => {
  const lease = { id: 1n, ttlSeconds: 99, grantedTtlSeconds: 100, keys: ['k1', 'k2'] }
  expect(leaseTimesSimple(lease, false)).toBe('lease 0000000000000001 granted with TTL(100s), remaining(99s)\n')
  expect(leaseTimesSimple(lease, true)).toBe(
    'lease 0000000000000001 granted with TTL(100s), remaining(99s), attached keys([k1 k2])\n',
  )
  const gone = { id: 1n, ttlSeconds: -1, grantedTtlSeconds: 0, keys: [] }
  expect(leaseTimesSimple(gone, true)).toBe('lease 0000000000000001 already expired\n')
  expect(leaseListSimple([1n])).toBe('found 1 leases\n0000000000000001\n')
})

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
