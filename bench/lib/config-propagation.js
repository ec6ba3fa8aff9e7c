import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { Config } from '../../packages/config/dist/index.js'

const path = 'bench/application.yaml'
const publishes = 20
/** Between two publishes, for the confirmations of the one before. */
const pauseMs = 300
const answerWithinMs = 120_000
const workers = 4

/**
 * The time from the call of `publish` until the new value is in force, for consumers with a client, connection and
 * lease each, spread over a few processes. Every consumer confirms what it applied, as it does by default.
 */
export function configPropagation(consumers) {
  const title = (figure) => `publish → in force, ${consumers.toLocaleString('en')} consumers: ${figure}`
  const figures = { [title('median')]: 0.5, [title('99th percentile')]: 0.99 }
  return {
    name: `publishing to ${consumers} consumers`,
    rows: Object.keys(figures).map((what) => ({ what, unit: 'ms', better: 'lower' })),
    async measure({ start }) {
      const store = await start()
      const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${store.port}` })
      const config = new Config(etcd)
      const processes = []
      try {
        await config.publish(path, 'at: 0\n')
        const share = Math.min(workers, consumers)
        for (let worker = 0; worker < share; worker++) {
          const count = Math.floor(consumers / share) + (worker < consumers % share ? 1 : 0)
          processes.push(consumerProcess({ port: store.port, consumers: count }))
        }
        const answers = () => Promise.all(processes.map(({ next }) => next()))
        await answers()
        const latencies = []
        for (let publish = 0; publish < publishes; publish++) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs))
          await config.publish(path, `at: ${performance.timeOrigin + performance.now()}\n`)
          latencies.push(...(await answers()).flat())
        }
        latencies.sort((a, b) => a - b)
        return Object.fromEntries(
          Object.entries(figures).map(([what, share]) => [what, latencies[Math.ceil(latencies.length * share) - 1]]),
        )
      } finally {
        await config.close()
        await etcd.close()
        await Promise.all(processes.map(({ stop }) => stop()))
        await store.stop()
      }
    },
  }
}

/** A process that says `"ready"`, and after each publish how long it took to reach each of its consumers. */
function consumerProcess(spec) {
  const script = fileURLToPath(new URL('config-consumers.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(spec)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async next() {
      const late = AbortSignal.timeout(answerWithinMs)
      const { value, done } = await Promise.race([
        lines.next(),
        new Promise((_, reject) => late.addEventListener('abort', () => reject(late.reason))),
      ])
      if (done) throw new Error('A process of consumers ended early')
      return JSON.parse(value)
    },
    stop() {
      child.kill('SIGKILL')
      return exited
    },
  }
}
