// The console: what its pages take over the wire, how soon the first one shows on a slowed CPU, and what the main
// thread of the browser does while one scrolls, while much changes, and in an hour of changes.
import { existsSync } from 'node:fs'
import { sizeRows } from './lib/console-sizes.js'
import { row } from './lib/measure.js'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

export async function run({ rounds, log, wanted }) {
  const rows = sizeRows(wanted)
  if (chromium === undefined || process.env.WAYPOST_BENCH === 'short') return rows
  const [{ startConsole }, { measurePages }, { measureScrolling }, { measureChanges }] = await Promise.all([
    import('./lib/console-side.js'),
    import('./lib/console-pages.js'),
    import('./lib/console-scrolling.js'),
    import('./lib/console-changes.js'),
  ])
  const side = await startConsole(chromium)
  try {
    for (const measure of [measurePages, measureScrolling, measureChanges]) {
      for (const [what, unit, values] of await measure(side, { rounds, log, wanted })) {
        rows.push(row(what, unit, 'lower', undefined, values, []))
      }
    }
  } finally {
    await side.close()
  }
  return rows
}
