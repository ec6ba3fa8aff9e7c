import { describe, expect, test } from 'vitest'
import { type ContractSuite, notLike34 } from './contract-store.ts'
import { keyScope } from './key-scope.ts'

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** The first `count` lines of an answer that goes on. */
async function linesOf(url: string, body: string, count: number): Promise<unknown[]> {
  const stop = new AbortController()
  const { body: stream } = await fetch(url, { method: 'POST', body, signal: stop.signal })
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of stream ?? []) {
      text += decoder.decode(chunk, { stream: true })
      const lines = text.split('\n').slice(0, -1)
      if (lines.length >= count) return lines.slice(0, count).map((line): unknown => JSON.parse(line))
    }
  } finally {
    stop.abort()
  }
  throw new Error(`The answer ended before line ${count}: ${text}`)
}

export const httpContract: ContractSuite = (store) => {
  describe('HTTP', () => {
    const post = async (path: string, body: object): Promise<[number, unknown]> => {
      const response = await fetch(store().url + path, { method: 'POST', body: JSON.stringify(body) })
      return [response.status, await response.json()]
    }

    test('a put, a range and a transaction as JSON', async () => {
      const key = base64(keyScope()('a'))
      expect(await post('/v3/kv/put', { key, value: base64('1') })).toMatchObject([200, { header: {} }])
      const [, range] = await post('/v3/kv/range', { key })
      expect(range).toMatchObject({ count: '1', kvs: [{ key, value: base64('1'), version: '1' }] })
      const txn = {
        compare: [{ key, target: 'VERSION', version: '1' }],
        success: [{ request_delete_range: { key, prev_kv: true } }],
      }
      expect(await post('/v3/kv/txn', txn)).toMatchObject([
        200,
        { succeeded: true, responses: [{ response_delete_range: { deleted: '1', prev_kvs: [{ key }] } }] },
      ])
    })

    test('a refusal has the message and the code of gRPC', async (context) => {
      notLike34(context, store(), 'httpErrors')
      const message = 'etcdserver: key is not provided'
      expect(await post('/v3/kv/put', {})).toEqual([400, { code: 3, message }])
    })

    test('a watch answers with a line for each response', async () => {
      const name = keyScope()('a')
      const key = base64(name)
      const { header } = await store().wire.put(name, '1')
      await store().wire.put(name, '2')
      const create = { create_request: { key, start_revision: String(header?.revision) } }
      expect(await linesOf(`${store().url}/v3/watch`, JSON.stringify(create), 2)).toMatchObject([
        { result: { created: true } },
        { result: { events: [{ kv: { key, version: '1' } }, { kv: { key, value: base64('2'), version: '2' } }] } },
      ])
    })

    test('a lock, and its end', async () => {
      const name = base64(keyScope()('lock'))
      const { id } = await store().wire.grant(60n)
      const [status, locked] = await post('/v3/lock/lock', { name, lease: String(id) })
      expect([status, locked]).toMatchObject([200, { key: expect.any(String) }])
      expect(await post('/v3/lock/unlock', Object(locked))).toMatchObject([200, {}])
    })

    test('what is asked of the cluster is refused with the words and the status that gRPC has', async (context) => {
      notLike34(context, store(), 'httpErrors')
      const notFound = 'etcdserver: member not found'
      const badUrls = 'etcdserver: given member URLs are invalid'
      const requests: [path: string, body: object, status: number, message: string, code: number][] = [
        ['/v3/cluster/member/add', { peerURLs: ['x'] }, 400, badUrls, 3],
        ['/v3/cluster/member/remove', { ID: '5' }, 404, notFound, 5],
        ['/v3/cluster/member/update', { ID: '5', peerURLs: ['http://127.0.0.1:9'] }, 404, notFound, 5],
        ['/v3/cluster/member/promote', { ID: '5' }, 404, notFound, 5],
      ]
      for (const [path, body, status, message, code] of requests)
        expect(await post(path, body)).toEqual([status, { code, message }])
      const [status, refusal] = await post('/v3/maintenance/transfer-leadership', { targetID: '5' })
      expect([status, refusal]).toMatchObject([400, { code: 9 }])
    })

    test('other methods and paths are refused in the form of the gateway', async (context) => {
      notLike34(context, store(), 'httpErrors')
      const { url } = store()
      const answer = async (path: string, method = 'GET') => {
        const response = await fetch(`${url}${path}`, { method })
        return [response.status, await response.text().then((text) => JSON.parse(text))]
      }
      expect(await answer('/v3/kv/range')).toEqual([501, { code: 12, message: 'Method Not Allowed' }])
      expect(await answer('/v3/kv/nope', 'POST')).toEqual([404, { code: 5, message: 'Not Found' }])
    })

    test('health, version and metrics', async (context) => {
      notLike34(context, store(), 'storageVersion')
      const { url } = store()
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ health: 'true' })
      expect(await (await fetch(`${url}/version`)).json()).toEqual({
        etcdserver: expect.stringMatching(/^3\.\d+\.\d+$/),
        etcdcluster: expect.stringMatching(/^3\.\d+\.0$/),
        storage: expect.stringMatching(/^3\.\d+\.0$/),
      })
      const metrics = await (await fetch(`${url}/metrics`)).text()
      for (const name of [
        'process_resident_memory_bytes',
        'process_open_fds',
        'etcd_server_has_leader',
        'etcd_mvcc_db_total_size_in_bytes',
        'etcd_disk_wal_fsync_duration_seconds_count',
      ])
        expect(metrics).toMatch(new RegExp(`^${name} \\d`, 'm'))
    })
  })
}
