// Requests that take a store long, by name: `prepare` writes what they need, `run` is what others may have to wait for.
import {
  Auth,
  AuthenticateRequest,
  AuthRoleAddRequest,
  AuthUserAddRequest,
  AuthUserGrantRoleRequest,
  CompactionRequest,
  DeleteRangeRequest,
  HashKVRequest,
  KV,
  Lease,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  Maintenance,
  PutRequest,
  RangeRequest,
  RequestOp,
  SnapshotRequest,
  TxnRequest,
  Watch,
  WatchCreateRequest,
  WatchRequest,
} from '../../packages/protocol/dist/index.js'
import { scaled } from './scale.js'

const timeoutMs = 300_000
const putsPerTxn = 100
const inFlight = 32
const logins = scaled(16, 1)
/** etcd takes no more operations in a transaction by default. */
const maxTxnOps = 128
/** A watch has caught up when it was told nothing for this long. */
const quietMs = scaled(400, 100)

/** Answers are counted and not decoded, so that the load takes next to nothing from the store. */
const uncounted = (method) => ({ ...method, response: { encode: () => {}, decode: (bytes) => bytes.length } })

const call = (connection, method, request) => connection.unary(uncounted(method), request, { timeoutMs })

/** `prefix/0000000000` and on, in transactions. */
export async function fill(connection, prefix, keys, { lease = 0n, valueBytes = 64 } = {}) {
  const value = Buffer.alloc(valueBytes, 'v')
  let next = 0
  const writer = async () => {
    while (next < keys) {
      const first = next
      next = Math.min(keys, next + putsPerTxn)
      const success = Array.from({ length: next - first }, (_, offset) =>
        RequestOp.create({ requestPut: PutRequest.create({ key: keyOf(prefix, first + offset), value, lease }) }),
      )
      await call(connection, KV.txn, TxnRequest.create({ success }))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, writer))
}

const keyOf = (prefix, number) => Buffer.from(`${prefix}/${String(number).padStart(10, '0')}`)
const folder = (prefix) => ({ key: Buffer.from(`${prefix}/`), rangeEnd: Buffer.from(`${prefix}0`) })
/** Who logs in, once authentication is on. */
export const login = { name: 'root', password: 'a password of the benchmark' }
const leased = { revoked: 71n, expired: 72n, listed: 73n }

/** The lease must outlive the writing of its keys; how long that takes depends on the store. */
async function leaseWithKeys(connection, name, keys, ttlSeconds) {
  await call(connection, Lease.leaseGrant, LeaseGrantRequest.create({ id: leased[name], ttl: BigInt(ttlSeconds) }))
  await fill(connection, name, keys, { lease: leased[name] })
}

async function count(connection, prefix) {
  const request = RangeRequest.create({ ...folder(prefix), countOnly: true })
  return Number((await connection.unary(KV.range, request, { timeoutMs })).count)
}

/** `size` is the number of keys that a request concerns. */
export const heavyRequests = {
  'nothing else': {
    prepare: async () => {},
    run: () => new Promise((resolve) => setTimeout(resolve, scaled(1_000, 20))),
  },
  'three ranges': {
    prepare: async () => {},
    run: (connection, { size }) =>
      Promise.all(
        Array.from({ length: 3 }, () =>
          call(connection, KV.range, RangeRequest.create({ ...folder('bench'), limit: BigInt(size) })),
        ),
      ),
  },
  'a range sorted by value': {
    prepare: async () => {},
    run: (connection, { size }) =>
      call(
        connection,
        KV.range,
        RangeRequest.create({ ...folder('bench'), limit: BigInt(size), sortTarget: 4, sortOrder: 2 }),
      ),
  },
  'a transaction that reads': {
    prepare: async () => {},
    run: (connection, { size }) => {
      const range = RangeRequest.create({ ...folder('bench'), limit: BigInt(Math.ceil(size / maxTxnOps)) })
      const success = Array.from({ length: maxTxnOps }, () => RequestOp.create({ requestRange: range }))
      return call(connection, KV.txn, TxnRequest.create({ success }))
    },
  },
  'a transaction that deletes': {
    prepare: (connection, { size }) => fill(connection, 'txn', size),
    run: (connection) => {
      const deletion = DeleteRangeRequest.create({ ...folder('txn'), prevKv: true })
      const put = PutRequest.create({ key: Buffer.from('txn'), value: Buffer.from('v') })
      const success = [RequestOp.create({ requestPut: put }), RequestOp.create({ requestDeleteRange: deletion })]
      return call(connection, KV.txn, TxnRequest.create({ success }))
    },
  },
  'a delete': {
    prepare: (connection, { size }) => fill(connection, 'deleted', size),
    run: (connection) => call(connection, KV.deleteRange, DeleteRangeRequest.create(folder('deleted'))),
  },
  'a delete that is watched': {
    prepare: (connection, { size }) => fill(connection, 'seen', size),
    async run(connection) {
      const told = watch(connection, 'seen', 0n)
      await told.opened
      await call(connection, KV.deleteRange, DeleteRangeRequest.create(folder('seen')))
      await told.quiet()
    },
  },
  'a lease revoked': {
    prepare: (connection, { size }) => leaseWithKeys(connection, 'revoked', size, 3600),
    run: (connection) => call(connection, Lease.leaseRevoke, LeaseRevokeRequest.create({ id: leased.revoked })),
  },
  'a lease that expires': {
    // Not renewed, so it ends by itself.
    prepare: (connection, { size, secondsToFill }) => leaseWithKeys(connection, 'expired', size, secondsToFill),
    async run(connection) {
      while ((await count(connection, 'expired')) > 0) await new Promise((resolve) => setTimeout(resolve, 200))
    },
  },
  'a lease asked for its keys': {
    prepare: (connection, { size }) => leaseWithKeys(connection, 'listed', size, 3600),
    run: (connection) =>
      call(connection, Lease.leaseTimeToLive, LeaseTimeToLiveRequest.create({ id: leased.listed, keys: true })),
  },
  'a range as JSON': {
    prepare: async () => {},
    async run(_connection, { port, size }) {
      const [key, range_end] = ['bench/', 'bench0'].map((name) => Buffer.from(name).toString('base64'))
      const body = JSON.stringify({ key, range_end, limit: size })
      const response = await fetch(`http://127.0.0.1:${port}/v3/kv/range`, { method: 'POST', body })
      await response.arrayBuffer()
    },
  },
  'watch catch-up': {
    prepare: async () => {},
    run: (connection) => watch(connection, 'bench', 2n).quiet(),
  },
  hashkv: {
    prepare: async () => {},
    run: (connection) => call(connection, Maintenance.hashKV, HashKVRequest.create({})),
  },
  'a snapshot': {
    prepare: async () => {},
    run: (connection) => drain(connection, Maintenance.snapshot, SnapshotRequest.create({})),
  },
  'a compaction': {
    async prepare(connection, { size }) {
      await fill(connection, 'old', size)
      await fill(connection, 'old', size)
      await fill(connection, 'old', size)
    },
    async run(connection) {
      const { header } = await connection.unary(KV.range, RangeRequest.create({ key: Buffer.from('a') }), { timeoutMs })
      await call(connection, KV.compact, CompactionRequest.create({ revision: header.revision, physical: true }))
    },
  },
  defragmentation: {
    prepare: async () => {},
    run: (connection) => call(connection, Maintenance.defragment, {}),
  },
  logins: {
    needsLogin: true,
    prepare: async () => {},
    run: (connection) => {
      const request = AuthenticateRequest.create(login)
      return Promise.all(Array.from({ length: logins }, () => call(connection, Auth.authenticate, request)))
    },
  },
}

/** Turns authentication on. */
export async function requireLogin(connection) {
  await call(connection, Auth.userAdd, AuthUserAddRequest.create(login))
  await call(connection, Auth.roleAdd, AuthRoleAddRequest.create({ name: 'root' }))
  await call(connection, Auth.userGrantRole, AuthUserGrantRoleRequest.create({ user: 'root', role: 'root' }))
  await call(connection, Auth.authEnable, {})
}

function watch(connection, prefix, startRevision) {
  let lastMs = performance.now()
  let confirm = () => {}
  const opened = new Promise((resolve) => {
    confirm = resolve
  })
  const stream = connection.stream(uncounted(Watch.watch), {
    onMessage() {
      lastMs = performance.now()
      confirm()
    },
    onEnd() {},
  })
  const createRequest = WatchCreateRequest.create({ ...folder(prefix), startRevision })
  stream.send(WatchRequest.create({ createRequest }))
  return {
    opened,
    async quiet() {
      await opened
      while (performance.now() - lastMs < quietMs) await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

function drain(connection, method, request) {
  return new Promise((resolve, reject) => {
    const stream = connection.stream(uncounted(method), {
      onMessage() {},
      onEnd: (error) => (error ? reject(error) : resolve()),
    })
    stream.send(request)
    stream.closeSend()
  })
}
