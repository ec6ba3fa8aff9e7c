import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { seededRandom } from './crash/seeded-random.ts'
import { ServerProcess } from './crash/server-process.ts'
import { growth, type Sample } from './soak/growth.ts'
import { SoakLoad } from './soak/soak-load.ts'

const long = process.env.WAYPOST_LONG === '1'
const seconds = Number(process.env.WAYPOST_SOAK_SECONDS ?? (long ? 600 : 3))
/** Caches fill, and the heap finds its size. */
const warmUpSeconds = Math.min(180, seconds / 3)
const sampleMs = 2_000
/** What memory may rise by in ten minutes: noise of the collector, and nothing that would matter in a month. */
const allowedRise = 0.1
const hasProc = process.platform === 'linux'

const title = long ? `${seconds} s of everything at once leave memory where it was` : 'everything at once is answered'

it(title, { timeout: (seconds + 60) * 1_000 }, async () => {
  const server = ServerProcess.create()
  try {
    await server.launch()
    await server.serving()
    const load = new SoakLoad(server.url, seededRandom(1))
    const running = load.run()
    const samples: Sample[] = []
    const sampling = sample(server, samples).finally(() => load.stop())
    await Promise.all([running, sampling])
    for (const [what, count] of Object.entries(load.done))
      if (long || !['defragment', 'snapshot', 'compaction'].includes(what)) expect(count, what).toBeGreaterThan(0)
    if (!long || !hasProc) return
    const settled = samples.filter((each) => each.seconds >= warmUpSeconds)
    const middle = settled.map(({ bytes }) => bytes).sort((a, b) => a - b)[settled.length >> 1] ?? 0
    const minutes = samples.filter(({ seconds }) => Math.round(seconds) % 60 < sampleMs / 1_000)
    const report =
      `Resident megabytes, minute by minute: ${minutes.map(({ bytes }) => Math.round(bytes / 1e6)).join(' ')}; ` +
      `rising by ${((growth(settled) * 600) / 1e6).toFixed(1)} MB in ten minutes. ${JSON.stringify(load.done)}`
    console.log(report)
    expect((growth(settled) * 600) / middle, report).toBeLessThan(allowedRise)
  } finally {
    await server.close()
  }
})

async function sample(server: ServerProcess, samples: Sample[]): Promise<void> {
  const sinceMs = performance.now()
  for (;;) {
    const elapsed = (performance.now() - sinceMs) / 1_000
    if (hasProc) samples.push({ seconds: elapsed, bytes: residentBytes(server.pid) })
    if (elapsed >= seconds) return
    await sleep(Math.min(sampleMs, (seconds - elapsed) * 1_000))
  }
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024
}
