// The embedded server beside etcd: loads from another process, fresh data for every measurement.
import { idleWatchers } from './lib/idle-watchers.js'
import { interleave } from './lib/interleave.js'
import { leaseKeepAlive } from './lib/lease-keep-alive.js'
import { etcdName, startEtcd, startWaypost } from './lib/processes.js'
import { growth, size } from './lib/size.js'
import { startStore } from './lib/start-store.js'
import { throughput } from './lib/throughput.js'
import { watchFanOut } from './lib/watch-fan-out.js'

const usual = 100_000
const large = 1_000_000

export async function run({ rounds, log, wanted, includeLarge }) {
  const peerName = etcdName()
  if (!peerName) log('etcd is not on PATH: measured without the peer')
  const sides = [{ name: 'ours', start: startWaypost }, ...(peerName ? [{ name: 'peer', start: startEtcd }] : [])]
  const groups = [throughput, watchFanOut, idleWatchers, leaseKeepAlive, startStore, size(usual)]
  if (includeLarge) groups.push(size(large))
  const rows = await interleave({ groups, sides, rounds, log, wanted, peerName: peerName ?? 'etcd' })
  return includeLarge ? [...rows, ...growth(rows, usual, large).filter(({ what }) => wanted(what))] : rows
}
