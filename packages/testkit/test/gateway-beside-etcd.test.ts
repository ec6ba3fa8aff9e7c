import { request } from 'node:http'
import type { EmbeddedServer } from '@waypost/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EtcdProcess } from '../src/etcd/etcd-process.ts'
import { requireOrSkip } from '../src/etcd/require-or-skip.ts'
import { startEtcd } from '../src/etcd/start-etcd.ts'
import { startStore } from '../src/start-store.ts'

interface HttpAnswer {
  readonly status: number | undefined
  readonly contentType: string | undefined
  /** With what differs between any two stores replaced by its name. */
  readonly body: unknown
}

function post(url: string, path: string, body: string, method = 'POST'): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url + path, { method, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          contentType: response.headers['content-type'],
          // As values: Go's protobuf library varies the spaces from build to build.
          body: jsonLines(text.replace(/"(cluster_id|member_id|raft_term)":"\d+"/g, '"$1":"…"')),
        }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}

function jsonLines(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

const a = base64('a')
const tooLarge = Buffer.alloc(1_600_000).toString('base64')
const farTooLarge = Buffer.alloc(2_200_000).toString('base64')

/** In this order, because each leaves something behind for the next ones. */
const requests: readonly (readonly [path: string, body: string])[] = [
  ['/v3/kv/put', `{"key":"${a}","value":"${base64('<&>')}"}`],
  ['/v3/kv/put', `{"key":"${a}","prev_kv":true}`],
  ['/v3/kv/put', `{"key":"${a}","prevKv":true,"value":"/+8=","some_day":{"x":[1]}}`],
  ['/v3/kv/put', ` {"key":"${a}"}\n`],
  ['/v3/kv/put', `{"value":"${a}"}`],
  ['/v3/kv/put', ''],
  ['/v3/kv/put', `{"key":"${a}","lease":"5"}`],
  ['/v3/kv/put', `{"key":"${a}","ignore_value":true,"value":"${a}"}`],
  ['/v3/kv/put', `{"key":"${a}","value":"${tooLarge}"}`],
  ['/v3/kv/put', `{"key":"${a}","value":"${farTooLarge}"}`],
  ['/v3/kv/range', `{"key":"${a}"}`],
  ['/v3/kv/range', `{"key":"AA==","range_end":"AA==","limit":1,"sort_order":"DESCEND","sort_target":"MOD"}`],
  ['/v3/kv/range', `{"key":"AA==","range_end":"AA==","count_only":true}`],
  ['/v3/kv/range', `{"key":"${base64('nobody')}"}`],
  ['/v3/kv/range', `{"key":"${a}","revision":"99"}`],
  [
    '/v3/kv/txn',
    `{"compare":[{"key":"${a}","target":"VERSION","result":"GREATER","version":"0"}],"success":[` +
      `{"request_range":{"key":"${a}"}},{"requestPut":{"key":"${base64('b')}","value":"${a}"}},` +
      `{"request_delete_range":{"key":"${base64('c')}"}},{"request_txn":{"success":[]}}]}`,
  ],
  ['/v3/kv/txn', `{"compare":[{"key":"${a}","target":"CREATE","create_revision":"77"}]}`],
  ['/v3/kv/txn', '{}'],
  ['/v3/kv/txn', '{"success":[{}]}'],
  ['/v3/kv/deleterange', `{"key":"${base64('b')}","prev_kv":true}`],
  ['/v3/kv/deleterange', `{"key":"${base64('b')}"}`],
  ['/v3/lease/grant', '{"TTL":"50","ID":"123"}'],
  ['/v3/lease/grant', '{"TTL":50,"ID":"123"}'],
  ['/v3/lease/grant', '{"TTL":"9000000001"}'],
  ['/v3/kv/put', `{"key":"${base64('leased')}","lease":"123"}`],
  ['/v3/lease/keepalive', '{"ID":"123"}'],
  ['/v3/lease/keepalive', '{"ID":"123"}{"ID":"124"} {"ID":123}'],
  ['/v3/lease/keepalive', ''],
  ['/v3/lease/timetolive', '{"ID":"124"}'],
  ['/v3/kv/lease/timetolive', '{"ID":"124","keys":true}'],
  ['/v3/lease/leases', '{}'],
  ['/v3/kv/lease/leases', '{}'],
  ['/v3/lease/revoke', '{"ID":"124"}'],
  ['/v3/kv/lease/revoke', '{"ID":"123"}'],
  ['/v3/kv/compaction', '{"revision":"4"}'],
  ['/v3/kv/compaction', '{"revision":"4"}'],
  ['/v3/kv/compaction', '{"revision":"400"}'],
  ['/v3/auth/enable', '{}'],
  ['/v3/auth/authenticate', '{"name":"root","password":"x"}'],
  ['/v3/auth/user/add', '{"name":"<ann>","password":"x"}'],
  ['/v3/auth/user/add', '{"name":"<ann>","password":"x"}'],
  ['/v3/auth/user/list', '{}'],
  ['/v3/auth/user/get', '{"name":"nobody"}'],
  ['/v3/auth/role/add', '{"name":"reader"}'],
  ['/v3/auth/role/grant', `{"name":"reader","perm":{"permType":"READWRITE","key":"${a}","range_end":"AA=="}}`],
  ['/v3/auth/role/get', '{"role":"reader"}'],
  ['/v3/auth/user/grant', '{"user":"<ann>","role":"reader"}'],
  ['/v3/auth/user/get', '{"name":"<ann>"}'],
  ['/v3/auth/role/list', '{}'],
  ['/v3/auth/role/revoke', `{"role":"reader","key":"${a}","range_end":"AA=="}`],
  ['/v3/auth/user/revoke', '{"name":"<ann>","role":"reader"}'],
  ['/v3/auth/role/delete', '{"role":"reader"}'],
  ['/v3/auth/user/changepw', '{"name":"<ann>","password":"y"}'],
  ['/v3/auth/user/delete', '{"name":"<ann>"}'],
  ['/v3/nobody/home', '{}'],
]

const runs = requireOrSkip('the HTTP gateway beside etcd', 'model')

describe.skipIf(!runs)('the HTTP gateway beside etcd', () => {
  let etcd: EtcdProcess
  let embedded: EmbeddedServer

  beforeAll(async () => {
    ;[etcd, embedded] = await Promise.all([startEtcd({ args: ['--bcrypt-cost', '4'] }), startStore()])
  })

  afterAll(async () => {
    await Promise.all([etcd.close(), embedded.close()])
  })

  async function bothAnswers(path: string, body: string, method?: string): Promise<[HttpAnswer, HttpAnswer]> {
    return Promise.all([post(embedded.url, path, body, method), post(etcd.url, path, body, method)])
  }

  it.each(requests.map(([path, body]) => ({ path, body, gist: body.slice(0, 60) })))('$path $gist', async (call) => {
    const { path, body } = call
    const [ours, theirs] = await bothAnswers(path, body)
    expect(ours).toEqual(theirs)
  })

  it.each(['GET', 'PUT', 'DELETE'])('answers %s as etcd does', async (method) => {
    const [ours, theirs] = await bothAnswers('/v3/kv/range', '', method)
    expect(ours).toEqual(theirs)
  })

  it.each(['{bad', '[]', '{"key":5}', '{"key":"not base64!"}', '{"key":"YQ==","lease":"x"}'])(
    'refuses %s with the same status and code, in words of its own',
    async (body) => {
      const [ours, theirs] = await bothAnswers('/v3/kv/put', body)
      expect(ours.status).toBe(theirs.status)
      expect(theirs.body).toEqual([{ code: 3, message: expect.any(String) }])
      expect(ours.body).toEqual([{ code: 3, message: expect.any(String) }])
    },
  )
})
