// One publisher or consumer of configurations; prints its figures as a list. Run by config-scripts.js.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { EtcdClient } from '../../packages/client/dist/index.js'
import { ConfigCenter } from '../../packages/config/dist/admin/index.js'
import { scaled } from './scale.js'

const { port, script } = JSON.parse(process.argv[2])
const etcd = new EtcdClient({ endpoints: `http://127.0.0.1:${port}` })
const config = new ConfigCenter(etcd, { confirm: false })
const scripts = { publish, load, read }
console.log(JSON.stringify(await scripts[script]()))
await config.close()
await etcd.close()

async function publish() {
  const text = (n) => `n: ${n}\nfiller: ${'x'.repeat(1000)}\n`
  const rate = async (width, count) => {
    const startedMs = performance.now()
    await Promise.all(
      Array.from({ length: width }, async (_, document) => {
        for (let n = 0; n < count / width; n++)
          await config.releases.publish(`bench/${width}-${document}.yaml`, text(n))
      }),
    )
    return count / ((performance.now() - startedMs) / 1000)
  }
  await rate(1, scaled(50, 1))
  return [await rate(1, scaled(300, 3)), await rate(32, scaled(1600, 32))]
}

async function load() {
  const layers = 10
  const runs = scaled(5, 1)
  // Every run has texts of its own: one that was parsed before is not parsed again.
  const keysOf = (layer, run) =>
    Array.from({ length: scaled(2000, 20) }, (_, key) => [
      `key-${layer}-${key}`,
      `value ${key} of run ${run}`.padEnd(32),
    ])
  const write = async (extension, format, run) => {
    for (let layer = 0; layer < layers; layer++) {
      await config.set(`shared/${layer}.${extension}`, format(keysOf(layer, run)).padEnd(100_000))
    }
    await config.set(`${extension}/application.${extension}`, '{}')
    const imports = Array.from({ length: layers }, (_, layer) => `shared/${layer}.${extension}`)
    return { app: extension, imports, timeoutMs: 30_000 }
  }
  const yaml = (keys) => keys.map(([key, value]) => `${key}: "${value}"\n`).join('')
  // An anchor makes it YAML that only the whole parser reads.
  const wholeYaml = (keys) => `anchor: &a 1\n${yaml(keys)}`
  const json = (keys) => JSON.stringify(Object.fromEntries(keys))
  const timed = async (extension, format) => {
    const times = []
    for (let run = 0; run < runs; run++) {
      const options = await write(extension, format, run)
      const startedMs = performance.now()
      const live = await config.load(options)
      times.push(performance.now() - startedMs)
      await live.close()
    }
    return { first: times[0], median: times.sort((a, b) => a - b)[runs >> 1] }
  }
  const simple = await timed('yaml', yaml)
  const figures = [
    simple.first,
    simple.median,
    (await timed('yml', wholeYaml)).median,
    (await timed('json', json)).median,
  ]
  const options = await write('yaml', yaml, runs)
  const before = usedBytes()
  const live = await config.load(options)
  const bytes = usedBytes() - before
  const keys = Object.keys(live.current).length
  await live.close()
  return [...figures, bytes / keys]
}

async function read() {
  await config.set('bench/application.yaml', 'a: {b: 1}')
  const live = await config.load({ app: 'bench' })
  const count = scaled(50_000_000, 1_000)
  let sum = 0
  const loop = () => {
    for (let n = 0; n < count; n++) sum += live.current.a.b
  }
  loop()
  const startedMs = performance.now()
  loop()
  const ns = ((performance.now() - startedMs) * 1e6) / count
  await live.close()
  if (sum !== 2 * count) throw new Error('The value was not read')
  return [ns]
}

/** What is in use once the garbage has been collected, outside of the heap too. */
function usedBytes() {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  for (let pass = 0; pass < 3; pass++) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
