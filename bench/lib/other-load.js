import { cpus } from 'node:os'
import { scaled } from './scale.js'

const sampleMs = scaled(300, 1)

/**
 * The share of the machine, 0 to 1, that is busy while nothing of the benchmark runs. It spoils ratios, not only
 * figures: a peer that spreads over all cores loses more to its neighbours than a single thread does.
 */
export async function otherLoad() {
  const before = total()
  await new Promise((resolve) => setTimeout(resolve, sampleMs))
  const after = total()
  const all = after.all - before.all
  return all > 0 ? 1 - (after.idle - before.idle) / all : 0
}

function total() {
  let all = 0
  let idle = 0
  for (const { times } of cpus()) {
    for (const time of Object.values(times)) all += time
    idle += times.idle
  }
  return { all, idle }
}
