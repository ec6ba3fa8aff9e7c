// `@waypost/config` on the embedded server beside the same on etcd: publishers and consumers in processes of their own.

import { configPropagation } from './lib/config-propagation.js'
import { configScripts } from './lib/config-scripts.js'
import { interleave } from './lib/interleave.js'
import { scaled } from './lib/scale.js'
import { sides } from './lib/sides.js'

export async function run({ rounds, log, wanted, peers }) {
  const groups = [...scaled([1, 100, 1000], [2]).map(configPropagation), ...configScripts]
  return interleave({ groups, sides: sides(peers, log, (name) => `the same on ${name}`), rounds, log, wanted })
}
