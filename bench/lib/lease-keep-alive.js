import { Lease, LeaseGrantRequest, LeaseKeepAliveRequest } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { cpuSeconds } from './process-usage.js'
import { scaled } from './scale.js'

const leases = scaled(10_000, 100)
const ttlSeconds = 60
const connections = 10
const forSeconds = scaled(10, 0.3)
const tickMs = 20
const grantsInFlight = 128
const answerWithinMs = 10_000
const what = '10,000 leases kept alive (TTL 60 s, renewed at a third): CPU share'

export const leaseKeepAlive = {
  name: 'leases kept alive',
  rows: [{ what, unit: '% of a core', better: 'lower' }],
  async measure({ start }) {
    const server = await start()
    const opened = Array.from({ length: connections }, () => new RpcConnection(`http://127.0.0.1:${server.port}`))
    try {
      await grantAll(opened)
      return { [what]: await cpuShareWhileRenewing(opened, server.pid) }
    } finally {
      for (const connection of opened) connection.destroy()
      await server.stop()
    }
  },
}

async function grantAll(opened) {
  let next = 1
  const granter = async (_, number) => {
    const connection = opened[number % connections]
    while (next <= leases) {
      const request = LeaseGrantRequest.create({ ttl: BigInt(ttlSeconds), id: BigInt(next++) })
      await connection.unary(Lease.leaseGrant, request, { timeoutMs: answerWithinMs })
    }
  }
  await Promise.all(Array.from({ length: grantsInFlight }, granter))
}

/** Renews at an even pace, each tick on several connections, as many owners of few leases would. */
async function cpuShareWhileRenewing(opened, pid) {
  const failures = []
  let answered = 0
  let done = false
  const streams = opened.map((connection) =>
    connection.stream(Lease.leaseKeepAlive, {
      onMessage({ id, ttl }) {
        answered += 1
        if (ttl !== BigInt(ttlSeconds)) failures.push(new Error(`Lease ${id} has a TTL of ${ttl} s`))
      },
      onEnd(error) {
        if (!done) failures.push(error ?? new Error('The server ended a keep-alive stream'))
      },
    }),
  )
  const perSecond = leases / (ttlSeconds / 3)
  const startedMs = performance.now()
  const cpuBefore = cpuSeconds(pid)
  let sent = 0
  for (let elapsedMs = 0; elapsedMs < forSeconds * 1000; elapsedMs = performance.now() - startedMs) {
    for (const due = Math.floor((elapsedMs / 1000) * perSecond); sent < due; sent++) {
      streams[sent % connections].send(LeaseKeepAliveRequest.create({ id: BigInt((sent % leases) + 1) }))
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
  const cpuAfter = cpuSeconds(pid)
  const seconds = (performance.now() - startedMs) / 1000
  for (let waitedMs = 0; answered < sent && failures.length === 0 && waitedMs < answerWithinMs; waitedMs += tickMs) {
    await new Promise((resolve) => setTimeout(resolve, tickMs))
  }
  done = true
  if (failures.length > 0) throw failures[0]
  if (answered < sent) throw new Error(`Only ${answered} of ${sent} renewals were answered`)
  return cpuBefore === undefined ? undefined : (100 * (cpuAfter - cpuBefore)) / seconds
}
