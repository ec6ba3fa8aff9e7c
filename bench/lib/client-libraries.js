// The libraries whose clients are measured, each behind the same few calls.
const openers = {
  async waypost(url) {
    const { EtcdClient } = await import('../../packages/client/dist/index.js')
    const client = new EtcdClient({ endpoints: url })
    return {
      get: async (key) => (await client.kv.get(key))?.text(),
      put: (key, value) => client.kv.put(key, value),
      async watch(key, onEvents) {
        const watch = client.watch({ key })
        await watch.started
        follow(watch, onEvents)
      },
      async grant(ttlSeconds) {
        const lease = await client.leases.grant({ ttlSeconds })
        return { isAlive: () => !lease.lost.aborted }
      },
      cache: (prefix) => client.cache({ prefix }),
      close: () => client.close(),
    }
  },

  async etcd3(url) {
    const { Etcd3 } = await import('etcd3')
    const client = new Etcd3({ hosts: url })
    return {
      get: (key) => client.get(key).string(),
      put: (key, value) => client.put(key).value(value).exec(),
      async watch(key, onEvents) {
        const watcher = await client.watch().key(key).create()
        watcher.on('put', () => onEvents(1))
      },
      async grant(ttlSeconds) {
        const lease = client.lease(ttlSeconds)
        let alive = true
        lease.on('lost', () => {
          alive = false
        })
        await lease.grant()
        return { isAlive: () => alive }
      },
      close: () => client.close(),
    }
  },

  /** No library at all: gRPC framed by hand on `node:http2`, and nothing decoded. What any client has to pay. */
  async floor(url) {
    const { connect } = await import('node:http2')
    const { PutRequest, RangeRequest } = await import('../../packages/protocol/dist/index.js')
    const session = connect(url)
    const call = (path, message) =>
      new Promise((resolve, reject) => {
        const head = Buffer.alloc(5)
        head.writeUInt32BE(message.length, 1)
        const stream = session.request({
          ':method': 'POST',
          ':path': path,
          'content-type': 'application/grpc',
          te: 'trailers',
        })
        const chunks = []
        stream.on('data', (chunk) => chunks.push(chunk))
        stream.on('end', () => resolve(Buffer.concat(chunks).subarray(5)))
        stream.on('error', reject)
        stream.end(Buffer.concat([head, message]))
      })
    return {
      get: (key) => call('/etcdserverpb.KV/Range', RangeRequest.encode(RangeRequest.create({ key: Buffer.from(key) }))),
      put: (key, value) =>
        call(
          '/etcdserverpb.KV/Put',
          PutRequest.encode(PutRequest.create({ key: Buffer.from(key), value: Buffer.from(value) })),
        ),
      close: () => session.close(),
    }
  },
}

export function openClient(library, port) {
  return openers[library](`http://127.0.0.1:${port}`)
}

async function follow(watch, onEvents) {
  for await (const { events } of watch) onEvents(events.length)
}
