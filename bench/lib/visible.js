import { row } from './measure.js'
import { runScript, startWaypost } from './processes.js'
import { scaled } from './scale.js'

const sizes = scaled(
  [
    { views: 1, times: 300 },
    { views: 100, times: 200 },
    { views: 1_000, times: 100 },
  ],
  [{ views: 2, times: 2 }],
)
const peerName = 'raw watch'
const titles = ({ views }) =>
  ['median', '99th percentile'].map((figure) => `register → visible in ${views} views of a process: ${figure}`)

/** A registration as the views of it see it, beside a put as watches on the same store see it. */
export async function visible({ rounds, log, wanted }) {
  const chosen = sizes.filter((size) => titles(size).some(wanted))
  if (chosen.length === 0) return []
  const store = await startWaypost()
  const figures = new Map(chosen.map((size) => [size, []]))
  try {
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}: register → visible`)
      for (const [size, results] of figures) {
        results.push(await runScript('visible-load.js', { port: store.port, ...size }))
      }
    }
  } finally {
    await store.stop()
  }
  return [...figures].flatMap(([size, results]) => {
    const of = (field) => [results.map(({ ours }) => ours[field]), results.map(({ peer }) => peer[field])]
    const [middle, tail] = titles(size)
    return [
      row(middle, 'ms', 'lower', peerName, ...of('medianMs')),
      row(tail, 'ms', 'lower', peerName, ...of('p99Ms')),
    ].filter(({ what }) => wanted(what))
  })
}
