// The registry: choosing, seeing, following many, heartbeats and calling.
import { dispatch } from './lib/dispatch.js'
import { heartbeat } from './lib/heartbeat.js'
import { interleave } from './lib/interleave.js'
import { manyInstances } from './lib/many-instances.js'
import { pick } from './lib/pick.js'
import { sides } from './lib/sides.js'
import { visible } from './lib/visible.js'

export async function run(options) {
  return [
    ...(await pick(options)),
    ...(await visible(options)),
    ...(await manyInstances(options)),
    ...(await interleave({ ...options, groups: [heartbeat], sides: sides(options.peers, options.log) })),
    ...(await dispatch(options)),
  ]
}
