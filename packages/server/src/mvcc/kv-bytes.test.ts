import { KeyValue } from '@waypost/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeKeyValue,
  encodeTombstone,
  keyOf,
  readFields,
  tombstoneEventKv,
  valueBytes,
  withoutValue,
} from './kv-bytes.ts'

const anyRevision = fc.oneof(fc.nat({ max: 200 }), fc.maxSafeNat()).map((value) => Math.max(1, value))
const anyLease = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const anyPair = fc.record({
  key: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  createRevision: anyRevision,
  modRevision: anyRevision,
  version: anyRevision,
  value: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.alloc(20_000, 1))),
  lease: anyLease,
})

describe('stored key-value pairs', () => {
  it('are the messages that the protocol defines', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const { key, createRevision, modRevision, version, value, lease } = pair
        const kv = encodeKeyValue(key, createRevision, modRevision, version, value, lease)
        const message = KeyValue.create({
          key,
          createRevision: BigInt(createRevision),
          modRevision: BigInt(modRevision),
          version: BigInt(version),
          value,
          lease,
        })
        expect(kv.equals(KeyValue.encode(message))).toBe(true)
        expect(keyOf(kv)).toBe(Buffer.from(key).toString('latin1'))
        expect(readFields(kv)).toMatchObject({ createRevision, modRevision, version, lease })
        expect(Buffer.compare(valueBytes(kv), value)).toBe(0)
        const cut = KeyValue.encode({ ...message, value: Buffer.alloc(0) })
        expect(Buffer.compare(withoutValue(kv), cut)).toBe(0)
      }),
    )
  })

  it('of a deletion hold the key, and in an event the revision too', () => {
    const tombstone = encodeTombstone(Buffer.from('a'))
    expect(tombstone.equals(KeyValue.encode(KeyValue.create({ key: Buffer.from('a') })))).toBe(true)
    const event = KeyValue.create({ key: Buffer.from('a'), modRevision: 300n })
    expect(tombstoneEventKv(tombstone, 300).equals(KeyValue.encode(event))).toBe(true)
  })
})
