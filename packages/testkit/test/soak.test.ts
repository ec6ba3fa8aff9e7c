import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { seededRandom } from './crash/seeded-random.ts'
import { ServerProcess } from './crash/server-process.ts'
import { growth } from './soak/growth.ts'
import { SoakLoad } from './soak/soak-load.ts'

const long = process.env.WAYPOST_LONG === '1'
const seconds = Number(process.env.WAYPOST_SOAK_SECONDS ?? (long ? 600 : 3))
/** Caches fill, and V8's heap and malloc's find their sizes, which takes minutes. */
const warmUpSeconds = seconds / 2
const sampleMs = 2_000
/** By what share what is used, collections considered, may rise from one quarter of the time to the next. */
const usedRise = 0.1
/** The same of resident memory, in ten minutes: that has the noise of V8's heap and of malloc in it. */
const residentRise = 0.25

const title = long ? `${seconds} s of everything at once leave memory where it was` : 'everything at once is answered'

it(title, { timeout: (seconds + 60) * 1_000 }, async () => {
  const server = ServerProcess.create()
  try {
    await server.launch()
    await server.serving()
    const load = new SoakLoad(server.url, seededRandom(1))
    const running = load.run()
    const samples: MemorySample[] = []
    const sampling = sample(server, samples).finally(() => load.stop())
    await Promise.all([running, sampling])
    for (const [what, count] of Object.entries(load.done))
      if (long || !['defragment', 'snapshot', 'compaction'].includes(what)) expect(count, what).toBeGreaterThan(0)
    if (!long) return
    const settled = samples.filter((each) => each.seconds >= warmUpSeconds)
    const resident = settled.map(({ seconds, residentBytes }) => ({ seconds, bytes: residentBytes }))
    const rise = (growth(resident) * 600) / mean(resident.map(({ bytes }) => bytes))
    // Between two collections what is used rises, so what counts is how far it comes down.
    const half = settled.length >> 1
    const floor = (part: readonly MemorySample[]): number => Math.min(...part.map(({ usedBytes }) => usedBytes))
    const [before, after] = [floor(settled.slice(0, half)), floor(settled.slice(half))]
    const minutes = samples.filter(({ seconds }) => Math.round(seconds) % 60 < sampleMs / 1_000)
    const report =
      `Resident megabytes, minute by minute: ${minutes.map((each) => Math.round(each.residentBytes / 1e6)).join(' ')}; ` +
      `rising by ${(rise * 100).toFixed(1)} % in ten minutes of the second half, in which what is used came down to ` +
      `${(before / 1e6).toFixed(1)} MB first and ${(after / 1e6).toFixed(1)} MB later. ${JSON.stringify(load.done)}`
    console.log(report)
    expect(rise, report).toBeLessThan(residentRise)
    expect(after / before, report).toBeLessThan(1 + usedRise)
  } finally {
    await server.close()
  }
})

interface MemorySample {
  readonly seconds: number
  readonly residentBytes: number
  /** Of JavaScript's heap and of buffers, garbage that is not collected yet among it. */
  readonly usedBytes: number
}

async function sample(server: ServerProcess, samples: MemorySample[]): Promise<void> {
  const sinceMs = performance.now()
  for (;;) {
    const elapsed = (performance.now() - sinceMs) / 1_000
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1])
    samples.push({
      seconds: elapsed,
      residentBytes: gauge('process_resident_memory_bytes'),
      usedBytes: gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes'),
    })
    if (elapsed >= seconds) return
    await sleep(Math.min(sampleMs, (seconds - elapsed) * 1_000))
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
