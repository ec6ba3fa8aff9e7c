import { expect, test } from 'vitest'
import { deleteJson, leaseTimesJson, rangeJson, watchJson } from './json.ts'
import { jsonLine } from './json-line.ts'
import { keyValueOf } from './key-value.test-support.ts'

const header = { clusterId: 14841639068965178418n, memberId: 10276657743932975437n, revision: 5n, raftTerm: 2n }
const headerText = '{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":5,"raft_term":2}'

test('64-bit integers are plain digits, bytes are base64, defaults are left out', () => {
  const kv = { ...keyValueOf('a', ''), lease: 7587899038274485810n }
  expect(jsonLine(rangeJson(header, { kvs: [kv], count: 1n, more: false }))).toBe(
    `{"header":${headerText},"kvs":[{"key":"YQ==","create_revision":2,"mod_revision":2,"version":1,` +
      '"lease":7587899038274485810}],"count":1}\n',
  )
})

test('an empty answer has its header only', () => {
  expect(jsonLine(rangeJson(header, { kvs: [], count: 0n, more: false }))).toBe(`{"header":${headerText}}\n`)
  expect(jsonLine(deleteJson({ revision: 5n }, { deleted: 0, previous: [] }))).toBe('{"header":{"revision":5}}\n')
})

test('events name their type only when it is not PUT', () => {
  const gone = { ...keyValueOf('a', ''), createRevision: 0n, version: 0n, modRevision: 5n }
  expect(jsonLine(watchJson(header, [{ type: 'delete', kv: gone, previous: keyValueOf('a', '1') }]))).toBe(
    `{"Header":${headerText},"Events":[{"type":1,"kv":{"key":"YQ==","mod_revision":5},"prev_kv":` +
      '{"key":"YQ==","create_revision":2,"mod_revision":2,"version":1,"value":"MQ=="}}],' +
      '"CompactRevision":0,"Canceled":false,"Created":false,"CancelReason":""}\n',
  )
})

test('a lease without keys says null, as etcdctl does', () => {
  expect(jsonLine(leaseTimesJson({ revision: 1n }, { id: 291n, ttlSeconds: -1, grantedTtlSeconds: 0, keys: [] }))).toBe(
    '{"revision":1,"id":291,"ttl":-1,"granted-ttl":0,"keys":null}\n',
  )
})
