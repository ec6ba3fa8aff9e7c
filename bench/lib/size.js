import { KV, RangeRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { fill } from './load.js'
import { settledResidentBytes } from './process-usage.js'

const valueBytes = 256
const subjects = [
  { name: 'start to first answer', unit: 'ms' },
  { name: 'resident memory after a restart', unit: 'MB' },
  { name: 'resident memory just written', unit: 'MB' },
]
const label = (keys) => `${keys.toLocaleString('en')} keys of ${valueBytes} B`
const title = (name, keys) => `${name}, ${label(keys)}`
const megabytes = (bytes) => (bytes === undefined ? undefined : bytes / 1e6)

/** What a store of that many keys costs: the time of a start after a clean stop, and memory. */
export function size(keys) {
  const [start, restarted, written] = subjects.map(({ name }) => title(name, keys))
  return {
    name: label(keys),
    rows: subjects.map(({ name, unit }) => ({ what: title(name, keys), unit, better: 'lower' })),
    async measure({ start: startServer }) {
      const server = await startServer()
      try {
        await fill(server, { keys, valueBytes })
        const writtenBytes = await settledResidentBytes(server.pid)
        const answersLastKey = (port) => hasKey(port, `bench/${String(keys - 1).padStart(10, '0')}`)
        if (!(await answersLastKey(server.port))) throw new Error('The last key written is not there')
        const startMs = await server.restart({ answers: answersLastKey, pauseMs: 2 })
        const restartedBytes = await settledResidentBytes(server.pid)
        return { [start]: startMs, [restarted]: megabytes(restartedBytes), [written]: megabytes(writtenBytes) }
      } finally {
        await server.stop()
      }
    },
  }
}

/** How many times the figure of `few` keys each figure of `many` keys is, as rows of the same shape. */
export function growth(rows, few, many) {
  const find = (name, keys) => rows.find(({ what }) => what === title(name, keys))
  return subjects.flatMap(({ name }) => {
    const [small, large] = [find(name, few), find(name, many)]
    if (!small || !large) return []
    const ours = large.ours / small.ours
    const peer = large.peer === undefined || small.peer === undefined ? undefined : large.peer / small.peer
    return {
      what: `${name}: growth from ${few.toLocaleString('en')} to ${many.toLocaleString('en')} keys`,
      ours,
      peer,
      peerName: small.peerName,
      unit: '×',
      better: 'lower',
      ratio: peer === undefined ? undefined : ours / peer,
    }
  })
}

async function hasKey(port, key) {
  const connection = new RpcConnection(`http://127.0.0.1:${port}`)
  try {
    const request = RangeRequest.create({ key: Buffer.from(key) })
    const { kvs } = await connection.unary(KV.range, request, { timeoutMs: 10_000 })
    return kvs.length === 1
  } finally {
    connection.destroy()
  }
}
