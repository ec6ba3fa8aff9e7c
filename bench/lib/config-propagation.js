import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { ConfigCenter } from '../../packages/config/dist/admin/index.js'
import { cpuSeconds } from './process-usage.js'
import { scaled } from './scale.js'

const path = 'bench/application.yaml'
const publishes = scaled(20, 2)
/** Between two publishes, for the confirmations of the one before. */
const pauseMs = scaled(800, 20)
const readyWithinMs = 120_000
const answerWithinMs = 20_000
const workers = 4

/**
 * The time from the call of `publish` until the new value is in force, for consumers with a client, connection and
 * lease each, spread over a few processes. Every consumer confirms what it applied, as it does by default. Beside it
 * the time from the moment at which the publisher knew, and the share of all processors that store, consumers and
 * publisher used meanwhile: near 100 % the machine is what is measured. And what the same consumers would cost that
 * followed the key by a bare watch and put one key each, in the same store.
 */
export function configPropagation(consumers) {
  const title = (figure) => `publish → in force, ${consumers.toLocaleString('en')} consumers: ${figure}`
  const [median, late, lateAfter, share, cost, bare, times] = [
    'median',
    '99th percentile',
    '99th percentile after the acknowledgement',
    'processors in use meanwhile',
    'CPU for each consumer and change, confirmation and store included',
    'CPU for each with a bare watch and one put',
    'CPU over that with a bare watch and one put',
  ].map(title)
  return {
    name: `publishing to ${consumers} consumers`,
    rows: [
      ...[median, late, lateAfter].map((what) => ({ what, unit: 'ms', better: 'lower' })),
      { what: share, unit: '%', better: 'lower' },
      ...[cost, bare].map((what) => ({ what, unit: 'µs', better: 'lower' })),
      { what: times, unit: '×', better: 'lower' },
    ],
    async measure({ start, wanted }) {
      const store = await start()
      try {
        const ours = await publishTo(store, consumers, 'configurations')
        const figures = {
          [median]: quantile(ours.latencies, 0.5),
          [late]: quantile(ours.latencies, 0.99),
          [lateAfter]: quantile(ours.afterAnswer, 0.99),
          [share]: ours.share,
          [cost]: ours.cost,
        }
        if (ours.cost === undefined || ![bare, times].some(wanted)) return figures
        const { cost: bareCost } = await publishTo(store, consumers, 'watches')
        return { ...figures, [bare]: bareCost, [times]: ours.cost / bareCost }
      } finally {
        await store.stop()
      }
    },
  }
}

/** Publishes again and again; `kind` is how the consumers follow. */
async function publishTo(store, consumers, kind) {
  const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${store.port}` })
  const config = new ConfigCenter(etcd)
  const publish = {
    configurations: (text) => config.releases.publish(path, text),
    watches: (text) => etcd.kv.put(`/config/${path}`, text),
  }[kind]
  const processes = []
  try {
    await publish('at: 0\n')
    const count = Math.min(workers, consumers)
    for (let worker = 0; worker < count; worker++) {
      const own = Math.floor(consumers / count) + (worker < consumers % count ? 1 : 0)
      processes.push(consumerProcess({ port: store.port, consumers: own, kind, path }))
    }
    const answers = (withinMs) => Promise.all(processes.map(({ next }) => next(withinMs)))
    await answers(readyWithinMs)
    const usedSeconds = () => [store.pid, process.pid, ...processes.map(({ pid }) => pid)].map(cpuSeconds).reduce(sum)
    const latencies = []
    const afterAnswer = []
    let [windowMs, windowSeconds] = [0, 0]
    const usedBefore = usedSeconds()
    for (let change = 0; change < publishes; change++) {
      const [startedMs, startedSeconds] = [performance.now(), usedSeconds()]
      await publish(`at: ${performance.timeOrigin + startedMs}\n`)
      const publishedMs = performance.now() - startedMs
      const own = (await answers(answerWithinMs)).flat()
      latencies.push(...own)
      afterAnswer.push(...own.map((ms) => Math.max(0, ms - publishedMs)))
      windowMs += performance.now() - startedMs
      windowSeconds += usedSeconds() - startedSeconds
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    const used = usedSeconds() - usedBefore
    return {
      latencies,
      afterAnswer,
      // Undefined where the system does not tell: not a number.
      share: orUndefined((windowSeconds * 100_000) / (windowMs * availableParallelism())),
      cost: orUndefined((used * 1e6) / (publishes * consumers)),
    }
  } finally {
    await config.close()
    await etcd.close()
    await Promise.all(processes.map(({ stop }) => stop()))
  }
}

function sum(a, b) {
  return a + b
}

function quantile(values, share) {
  return values.sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]
}

function orUndefined(figure) {
  return Number.isNaN(figure) ? undefined : figure
}

/** A process that says `"ready"`, and after each publish how long it took to reach each of its consumers. */
function consumerProcess(spec) {
  const script = fileURLToPath(new URL('config-consumers.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(spec)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid,
    async next(withinMs) {
      const late = AbortSignal.timeout(withinMs)
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
