// `@waypost/client` beside npm `etcd3` and beside no library at all, against the same etcd, in processes of their own.
import { clientGroups } from './lib/client-groups.js'
import { row } from './lib/measure.js'
import { runScript } from './lib/processes.js'
import { sides } from './lib/sides.js'

const peerNames = { etcd3: 'etcd3 (npm)', floor: 'node:http2 by hand' }

export async function run({ rounds, log, wanted, peers }) {
  const groups = clientGroups.filter((group) => group.rows.some(({ what }) => wanted(what)))
  const figures = new Map(
    groups.flatMap((group) => group.rows).map(({ what }) => [what, { waypost: [], etcd3: [], floor: [] }]),
  )
  const [ours, etcd] = sides(peers, log)
  const startStore = etcd === undefined ? () => ours.start(['--memory']) : etcd.start
  const shared = groups.some((group) => !group.needsFreshStore) ? await startStore() : undefined
  try {
    if (shared) {
      const keys = { library: 'waypost', port: shared.port, operation: 'put', inFlight: 16, operations: 1000 }
      await runScript('client-cpu.js', keys)
    }
    for (let round = 0; round < rounds; round++) {
      for (const group of groups) {
        for (const library of round % 2 === 0 ? group.libraries : group.libraries.toReversed()) {
          log(`round ${round + 1} of ${rounds}: ${group.name}, ${library}`)
          const results = await measure(group, library, shared, startStore)
          for (const [what, figure] of Object.entries(results)) figures.get(what)[library].push(figure)
        }
      }
    }
  } finally {
    await shared?.stop()
  }
  return groups
    .flatMap((group) => group.rows)
    .filter(({ what }) => wanted(what))
    .map(({ what, unit, better, peer = 'etcd3' }) => {
      const byLibrary = figures.get(what)
      return row(what, unit, better, peerNames[peer], byLibrary.waypost, byLibrary[peer])
    })
}

async function measure(group, library, shared, startStore) {
  if (!group.needsFreshStore) return group.measure(library, shared.port)
  const store = await startStore()
  try {
    return await group.measure(library, store.port)
  } finally {
    await store.stop()
  }
}
