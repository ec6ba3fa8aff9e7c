// No request in the way of others: how long gets wait beside requests that take long, ours and etcd's.
import { consumerPauses } from './lib/consumer-pauses.js'
import { interleave } from './lib/interleave.js'
import { pauses } from './lib/pauses.js'
import { scaled } from './lib/scale.js'
import { sides } from './lib/sides.js'

export async function run(options) {
  const { rounds, log, wanted, includeLarge, peers } = options
  const size = scaled(100_000, 300)
  const groups = [pauses({ keys: scaled(100_000, 400), size })]
  if (includeLarge) groups.push(pauses({ keys: 1_000_000, size }))
  const rows = await interleave({ groups, sides: sides(peers, log), rounds, log, wanted })
  return [...rows, ...(await consumerPauses(options))]
}
