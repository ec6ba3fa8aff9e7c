// The embedded server beside etcd: loads from another process, fresh data for every measurement.
import { idleWatchers } from './lib/idle-watchers.js'
import { interleave } from './lib/interleave.js'
import { leaseKeepAlive } from './lib/lease-keep-alive.js'
import { scaled } from './lib/scale.js'
import { sides } from './lib/sides.js'
import { growth, size } from './lib/size.js'
import { startStore } from './lib/start-store.js'
import { throughput } from './lib/throughput.js'
import { watchFanOut } from './lib/watch-fan-out.js'

const usual = scaled(100_000, 300)
const large = 1_000_000

export async function run({ rounds, log, wanted, includeLarge, peers }) {
  const groups = [throughput, watchFanOut, idleWatchers, leaseKeepAlive, startStore, size(usual)]
  if (includeLarge) groups.push(size(large))
  const rows = await interleave({ groups, sides: sides(peers, log), rounds, log, wanted })
  return includeLarge ? [...rows, ...growth(rows, usual, large).filter(({ what }) => wanted(what))] : rows
}
