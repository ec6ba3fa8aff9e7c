import { Compare, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '@waypost/protocol'
import { describe, expect, it } from 'vitest'
import { checkPut, checkRange, checkTxn } from './validate.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const get = (key: string): RequestOp => RequestOp.create({ requestRange: RangeRequest.create({ key: bytes(key) }) })
const put = (key: string): RequestOp => RequestOp.create({ requestPut: PutRequest.create({ key: bytes(key) }) })
const del = (key: string, end = ''): RequestOp =>
  RequestOp.create({ requestDeleteRange: DeleteRangeRequest.create({ key: bytes(key), rangeEnd: bytes(end) }) })
const nested = (success: RequestOp[], failure: RequestOp[] = []): RequestOp =>
  RequestOp.create({ requestTxn: TxnRequest.create({ success, failure }) })
const check =
  (success: RequestOp[], failure: RequestOp[] = []) =>
  () =>
    checkTxn(TxnRequest.create({ success, failure }))
const times = (count: number, op: (index: number) => RequestOp): RequestOp[] =>
  Array.from({ length: count }, (_, index) => op(index))

describe('single requests', () => {
  it('need a key', () => {
    expect(() => checkRange(RangeRequest.create())).toThrow('etcdserver: key is not provided')
    expect(() => checkPut(PutRequest.create({ ignoreValue: true, value: bytes('v') }))).toThrow('key is not provided')
  })

  it('may not give what they want to keep, the value being looked at first', () => {
    const request = PutRequest.create({
      key: bytes('k'),
      value: bytes('v'),
      lease: 1n,
      ignoreValue: true,
      ignoreLease: true,
    })
    expect(() => checkPut(request)).toThrow('etcdserver: value is provided')
    expect(() => checkPut({ ...request, value: bytes('') })).toThrow('etcdserver: lease is provided')
    expect(() => checkPut({ ...request, value: bytes(''), lease: 0n })).not.toThrow()
  })

  it('may not sort in an unknown way', () => {
    for (const sort of [{ sortOrder: 3 }, { sortOrder: -1 }, { sortTarget: 5 }, { sortTarget: -1 }])
      expect(() => checkRange(RangeRequest.create({ key: bytes('k'), ...sort }))).toThrow('invalid sort option')
    expect(() => checkRange(RangeRequest.create({ key: bytes('k'), sortOrder: 2, sortTarget: 4 }))).not.toThrow()
  })
})

describe('transactions', () => {
  it('hold at most 128 operations or comparisons, less what their parents use', () => {
    expect(check(times(128, (index) => put(`k${index}`)))).not.toThrow()
    expect(check(times(129, (index) => put(`k${index}`)))).toThrow('too many operations in txn request')
    expect(check([nested(times(127, () => get('k')))])).not.toThrow()
    expect(check([nested(times(128, () => get('k')))])).toThrow('too many operations')
    expect(() =>
      checkTxn(TxnRequest.create({ compare: Array.from({ length: 129 }, () => Compare.create({ key: bytes('k') })) })),
    ).toThrow('too many operations')
  })

  it('are looked at in depth: keys, empty operations', () => {
    expect(check([nested([nested([get('')])])])).toThrow('key is not provided')
    expect(check([RequestOp.create()])).toThrow('etcdserver: key not found')
    expect(() => checkTxn(TxnRequest.create({ compare: [Compare.create()] }))).toThrow('key is not provided')
  })

  it('put a key once on each path', () => {
    for (const ops of [
      [put('b'), put('b')],
      [put('b'), nested([put('b')])],
      [nested([put('b')]), nested([put('b')])],
      [nested([put('b')]), nested([], [put('b')])],
      [put('b'), del('b')],
      [put('b'), del('a', 'c')],
      [del('a', 'c'), nested([put('b')])],
      [nested([del('b')]), nested([put('b')])],
      [nested([nested([], [put('b')])]), del('b')],
    ]) {
      expect(check(ops)).toThrow('etcdserver: duplicate key given in txn request')
      expect(check([], ops)).toThrow('duplicate key')
    }
  })

  it('may otherwise touch a key as often as they like', () => {
    for (const ops of [
      [del('b'), del('b'), del('a', 'c')],
      [nested([put('b')], [put('b')])],
      [nested([put('b')], [del('b')])],
      [nested([del('b')], [put('b')])],
      [put('b'), del('a', 'b'), del('c')],
      [put('b'), get('b'), get('b')],
    ])
      expect(check(ops)).not.toThrow()
    expect(check([put('b')], [put('b'), get('b')])).not.toThrow()
  })

  it('may have what etcd does not count as double', () => {
    expect(check([put('b'), del('a', '\0')])).not.toThrow()
    expect(check([nested([put('b')]), nested([del('b')])])).not.toThrow()
  })
})
