// No request in the way of others: how long gets wait beside requests that take long, ours and etcd's.
import { interleave } from './lib/interleave.js'
import { pauses } from './lib/pauses.js'
import { etcdName, startEtcd, startWaypost } from './lib/processes.js'

export async function run({ rounds, log, wanted, includeLarge }) {
  const peerName = etcdName()
  const sides = [{ name: 'ours', start: startWaypost }, ...(peerName ? [{ name: 'peer', start: startEtcd }] : [])]
  const groups = [pauses({ keys: 100_000, size: 100_000 })]
  if (includeLarge) groups.push(pauses({ keys: 1_000_000, size: 100_000 }))
  return interleave({ groups, sides, rounds, log, wanted, peerName: peerName ?? 'etcd' })
}
