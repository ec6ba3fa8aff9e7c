import { fillInstances, instances, services } from './many-instances.js'
import { row } from './measure.js'
import { runScript, startWaypost } from './processes.js'

const loads = {
  cache: 'a cache',
  views: 'views',
}
const title = (what) =>
  `${instances.toLocaleString('en')} instances loaded into ${loads[what]}: longest turn of the loop`

/** How long a consumer's event loop stands still while it loads very many instances. */
export async function consumerPauses({ rounds, log, wanted }) {
  const chosen = Object.keys(loads).filter((what) => wanted(title(what)))
  if (chosen.length === 0) return []
  const store = await startWaypost()
  const figures = Object.fromEntries(chosen.map((what) => [what, []]))
  try {
    await fillInstances(store.port)
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}: a consumer's loop`)
      for (const what of chosen)
        figures[what].push((await runScript('consumer-load.js', { port: store.port, what, services })).longestTurnMs)
    }
  } finally {
    await store.stop()
  }
  return chosen.map((what) => row(title(what), 'ms', 'lower', undefined, figures[what], []))
}
