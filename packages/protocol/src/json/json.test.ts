import { describe, expect, it } from 'vitest'
import { Compare, PutRequest, RangeResponse, TxnRequest, WatchResponse } from '../generated/index.ts'
import { fromJson } from './from-json.ts'
import { toJson } from './to-json.ts'

const key = Buffer.from('/services/a')

describe('toJson', () => {
  it('writes names as in the .proto, bytes as base64, 64-bit integers as strings, and leaves defaults out', () => {
    const response = RangeResponse.create({
      header: { clusterId: 2n ** 63n, memberId: 1n, revision: 7n, raftTerm: 0n },
      kvs: [{ key, createRevision: 2n, modRevision: 3n, version: 1n, value: Buffer.from([0xff, 0xfe]), lease: 0n }],
      count: 1n,
    })
    expect(toJson('RangeResponse', response)).toEqual({
      header: { cluster_id: '9223372036854775808', member_id: '1', revision: '7' },
      kvs: [{ key: 'L3NlcnZpY2VzL2E=', create_revision: '2', mod_revision: '3', version: '1', value: '//4=' }],
      count: '1',
    })
  })

  it('writes enums by name and messages that are there but empty', () => {
    const response = WatchResponse.create({ events: [{ type: 1, kv: undefined, prevKv: undefined }] })
    expect(toJson('WatchResponse', response)).toEqual({ events: [{ type: 'DELETE' }] })
    expect(
      toJson('RequestOp', {
        requestRange: undefined,
        requestPut: PutRequest.create(),
        requestDeleteRange: undefined,
        requestTxn: undefined,
      }),
    ).toEqual({
      request_put: {},
    })
  })

  it('keeps the default of a oneof member, because it says which member is set', () => {
    expect(toJson('Compare', Compare.create({ key, version: 0n }))).toEqual({ key: 'L3NlcnZpY2VzL2E=', version: '0' })
  })
})

describe('fromJson', () => {
  it('takes proto names and camelCase, strings and numbers, enum names and numbers, and ignores what it does not know', () => {
    const json = {
      compare: [{ key: 'YQ==', target: 'CREATE', createRevision: '0', result: 0, later_field: {} }],
      success: [{ requestPut: { key: 'YQ==', value: 'Yg', lease: 5, prevKv: true } }],
      failure: null,
    }
    const txn = TxnRequest.create(fromJson('TxnRequest', json))
    expect(txn).toStrictEqual(
      TxnRequest.create({
        compare: [Compare.create({ key: Buffer.from('a'), target: 1, createRevision: 0n })],
        success: [
          {
            requestRange: undefined,
            requestPut: PutRequest.create({ key: Buffer.from('a'), value: Buffer.from('b'), lease: 5n, prevKv: true }),
            requestDeleteRange: undefined,
            requestTxn: undefined,
          },
        ],
      }),
    )
    expect(TxnRequest.decode(TxnRequest.encode(txn))).toStrictEqual(txn)
  })

  it.each([
    ['PutRequest', [], /the body: expected an object, got an array/],
    ['PutRequest', { key: 'not base64!' }, /^key: expected base64/],
    ['PutRequest', { lease: 1.5 }, /^lease: expected an integer/],
    ['PutRequest', { lease: '9223372036854775808' }, /^lease: expected an integer/],
    ['TxnRequest', { success: [{ request_range: { limit: 'x' } }] }, /^success\[0\]\.request_range\.limit/],
    ['Compare', { target: 'NOBODY' }, /^target: expected one of VERSION, CREATE/],
    ['Compare', { target: 'toString' }, /^target: expected one of/],
    ['TxnRequest', { compare: {} }, /^compare: expected an array, got object/],
  ])('says where %s is wrong: %j', (name, json, message) => {
    expect(() => fromJson(name, json)).toThrow(message)
  })

  it('reads back what toJson wrote', () => {
    const put = PutRequest.create({ key, value: Buffer.from([0, 255, 62, 63]), lease: -1n, ignoreValue: true })
    expect(
      PutRequest.create(fromJson('PutRequest', JSON.parse(JSON.stringify(toJson('PutRequest', put))))),
    ).toStrictEqual(put)
  })
})
