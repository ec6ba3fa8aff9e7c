import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { patienceMs } from '../src/patience.ts'

const root = new URL('../../../', import.meta.url)
const names = readdirSync(new URL('bench/', root))
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.slice(0, -'.js'.length))

interface Row {
  readonly what: string
  readonly ours: number
}

const isLong = Boolean(process.env.WAYPOST_LONG)

/** A part of its rows shows that a benchmark runs; the long form has all of them. */
const part: Readonly<Record<string, string>> = {
  client: 'get, 2 in flight',
  'cold-start': 'waypost --version',
  config: 'publish → in force',
  coordination: 'uncontended lock',
  gateway: 'processor time of a request',
  hub: 'list of 100 instances over HTTP',
  pauses: 'hashkv',
  registry: 'heartbeat of',
  server: 'range of one key, 1 in flight',
}

/** Much smaller than what is measured, and without peers, several at once: it shows that each still runs, and no figures. */
it.concurrent.each(names)(
  'the benchmark %s runs in its short form',
  async (name) => {
    const script = fileURLToPath(new URL('scripts/bench.js', root))
    const only = isLong ? '' : (part[name] ?? '')
    const { stdout } = await promisify(execFile)(process.execPath, [script, name, '--short', '--json', '--only', only])
    const { rows }: { rows: Row[] } = JSON.parse(stdout)
    expect(rows.length).toBeGreaterThan(isLong || only === '' ? 2 : 0)
    for (const { what, ours } of rows) expect(ours, what).toBeTypeOf('number')
  },
  12 * patienceMs,
)
