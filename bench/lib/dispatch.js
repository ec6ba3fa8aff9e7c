import { row } from './measure.js'
import { runScript, startWaypost } from './processes.js'
import { scaled } from './scale.js'

const peerName = 'undici alone'
const scenarios = ['request', 'fetch'].map((api) => ({
  api,
  what: `${api}() through the dispatcher, 4 instances, 64 in flight: CPU`,
  requests: scaled(api === 'request' ? 30_000 : 15_000, 100),
  inFlight: 64,
}))

/** The dispatcher beside undici with the same servers. */
export async function dispatch({ rounds, log, wanted }) {
  const chosen = scenarios.filter(({ what }) => wanted(what))
  if (chosen.length === 0) return []
  const store = await startWaypost()
  const figures = new Map(chosen.map((scenario) => [scenario, { ours: [], peer: [] }]))
  try {
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}: the dispatcher`)
      for (const [{ api, requests, inFlight }, bySide] of figures) {
        for (const side of round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours']) {
          const spec = { port: store.port, side, api, requests, inFlight }
          bySide[side].push((await runScript('dispatch-load.js', spec)).cpuMicrosPerRequest)
        }
      }
    }
  } finally {
    await store.stop()
  }
  return [...figures].map(([{ what }, { ours, peer }]) => row(what, 'µs/request', 'lower', peerName, ours, peer))
}
