// The registry: choosing, seeing, following many, heartbeats and calling.
import { dispatch } from './lib/dispatch.js'
import { heartbeat } from './lib/heartbeat.js'
import { interleave } from './lib/interleave.js'
import { manyInstances } from './lib/many-instances.js'
import { pick } from './lib/pick.js'
import { etcdName, startEtcd, startWaypost } from './lib/processes.js'
import { visible } from './lib/visible.js'

export async function run(options) {
  const peerName = etcdName()
  const sides = [{ name: 'ours', start: startWaypost }, ...(peerName ? [{ name: 'peer', start: startEtcd }] : [])]
  return [
    ...(await pick(options)),
    ...(await visible(options)),
    ...(await manyInstances(options)),
    ...(await interleave({ ...options, groups: [heartbeat], sides, peerName: peerName ?? 'etcd' })),
    ...(await dispatch(options)),
  ]
}
