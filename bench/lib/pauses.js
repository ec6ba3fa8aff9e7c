import { RpcConnection } from '../../packages/rpc/dist/index.js'
import { converse } from './conversation.js'
import { fill, heavyRequests, login, requireLogin } from './heavy-requests.js'
import { scaled } from './scale.js'

/** How long the longest preparation on the slowest store takes, for a lease that must not end before. */
const secondsToFill = scaled(20, 1)
/** A process for each request, so that none finds code warm that others do not; in the short form one for all. */
const loadServesOne = scaled(true, false)
/** A store that has just been written to does other work for a while. */
const restMs = scaled(1_500, 0)

const figures = [
  { name: 'longest get', unit: 'ms' },
  { name: '99.9th percentile get', unit: 'ms' },
  { name: 'the request itself', unit: 'ms' },
]

/**
 * How long a get by somebody else waits while one heavy request runs, in a store of `keys` keys. A heavy request
 * concerns `size` keys. Gets come every millisecond from a process of their own.
 */
export function pauses({ keys, size, only = Object.keys(heavyRequests) }) {
  const title = (heavy, figure) => `${heavy}, ${keys.toLocaleString('en')} keys: ${figure}`
  return {
    name: `gets beside heavy requests, ${keys.toLocaleString('en')} keys`,
    rows: only.flatMap((heavy) =>
      figures.map(({ name, unit }) => ({ what: title(heavy, name), unit, better: 'lower' })),
    ),
    async measure({ start, wanted }) {
      const store = await start()
      const connection = new RpcConnection(`http://127.0.0.1:${store.port}`)
      let probe
      let load
      try {
        await fill(connection, 'bench', keys)
        const results = {}
        for (const heavy of only) {
          const [longest, tail, itself] = figures.map(({ name }) => title(heavy, name))
          if (![longest, tail, itself].some(wanted)) continue
          load ??= converse('heavy-load.js', { port: store.port, size, secondsToFill })
          await load.ask(heavy)
          await new Promise((resolve) => setTimeout(resolve, restMs))
          probe ??= converse('get-probe.js', { port: store.port, key: 'bench/0000000000', login })
          if (heavyRequests[heavy].needsLogin) {
            await requireLogin(connection)
            await probe.ask('log in')
          }
          probe.tell('begin')
          const { elapsedMs } = await load.ask('run')
          const { longestMs, p999Ms } = await probe.ask('end')
          results[longest] = longestMs
          results[tail] = p999Ms
          results[itself] = elapsedMs
          if (loadServesOne) {
            await load.stop()
            load = undefined
          }
        }
        return results
      } finally {
        connection.destroy()
        await load?.stop()
        await probe?.stop()
        await store.stop()
      }
    },
  }
}
