import { existsSync } from 'node:fs'
import { row } from './measure.js'
import { runScript } from './processes.js'
import { scaled } from './scale.js'

const sizes = scaled([10, 1_000, 10_000], [10])
const algorithms = [
  { algorithm: 'peak-ewma' },
  { algorithm: 'peak-ewma, mixed weights' },
  { algorithm: 'least-in-flight' },
  { algorithm: 'round-robin', peers: ['moleculer'] },
  { algorithm: 'round-robin, mixed weights' },
  { algorithm: 'random', peers: ['moleculer', 'nacos'] },
  { algorithm: 'rendezvous, 1,000 keys in turn' },
  { algorithm: 'rendezvous, a new key each time' },
]
const peerNames = { moleculer: 'moleculer 0.14', nacos: 'nacos 2.6 (npm)' }
const limitMs = scaled(200, 1)

/** `pick()` beside the selection of other libraries, which are found when `bench/peers` is installed. */
export async function pick({ rounds, log, wanted }) {
  const hasPeers = existsSync(new URL('../peers/node_modules', import.meta.url))
  if (!hasPeers) log('npm install --prefix bench/peers adds moleculer and nacos: measured without them')
  const scenarios = algorithms.slice(-scaled(algorithms.length, 2)).flatMap(({ algorithm, peers = [] }) =>
    sizes.flatMap((instances) => {
      const what = `pick(), ${algorithm}, ${instances} instances`
      const known = hasPeers ? peers : []
      return [undefined, ...known]
        .slice(known.length > 0 ? 1 : 0)
        .map((peer) => ({ what: `${what}${known.length > 1 ? ` (${peer})` : ''}`, algorithm, instances, peer }))
    }),
  )
  const chosen = scenarios.filter(({ what }) => wanted(what))
  const figures = new Map(chosen.map((scenario) => [scenario, { ours: [], peer: [], bytes: [] }]))
  for (let round = 0; round < rounds && chosen.length > 0; round++) {
    log(`round ${round + 1} of ${rounds}: pick()`)
    for (const [{ algorithm, instances, peer }, { ours, peer: theirs, bytes }] of figures) {
      const { nsPerPick, bytesPerPick } = await runScript('pick-load.js', {
        library: 'waypost',
        algorithm,
        instances,
        limitMs,
      })
      ours.push(nsPerPick)
      bytes.push(bytesPerPick)
      if (peer) {
        theirs.push((await runScript('pick-load.js', { library: peer, algorithm, instances, limitMs })).nsPerPick)
      }
    }
  }
  return [...figures].flatMap(([{ what, peer }, { ours, peer: theirs, bytes }]) => [
    row(what, 'ns', 'lower', peerNames[peer], ours, theirs),
    row(`${what}: memory`, 'bytes/pick', 'lower', undefined, bytes, []),
  ])
}
