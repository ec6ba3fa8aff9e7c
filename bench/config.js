// `@waypost/config` on the embedded server beside the same on etcd: publishers and consumers in processes of their own.

import { configPropagation } from './lib/config-propagation.js'
import { configScripts } from './lib/config-scripts.js'
import { interleave } from './lib/interleave.js'
import { etcdName, startEtcd, startWaypost } from './lib/processes.js'

export async function run({ rounds, log, wanted }) {
  const peerName = etcdName()
  if (!peerName) log('etcd is not on PATH: measured without the peer')
  const sides = [{ name: 'ours', start: startWaypost }, ...(peerName ? [{ name: 'peer', start: startEtcd }] : [])]
  const groups = [...[1, 100, 1000].map(configPropagation), ...configScripts]
  return interleave({ groups, sides, rounds, log, wanted, peerName: peerName ? `the same on ${peerName}` : 'etcd' })
}
