// The console: what its first page takes over the wire, what each further page adds, and, where there is a Chromium,
// how soon the first page shows on a slowed CPU.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { row } from './lib/measure.js'

const built = fileURLToPath(new URL('../packages/hub/console/', import.meta.url))
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

const size = (name) => readFileSync(`${built}assets/${name}.br`).length / 1_000

export async function run({ rounds, log, wanted }) {
  const scripts = readdirSync(`${built}assets`).filter((name) => name.endsWith('.js'))
  const first = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(`${built}index.html`, 'utf8'))?.[1]
  const overview = scripts.filter((name) => name.startsWith('overview-page'))
  const others = scripts.filter((name) => name !== first && !overview.includes(name)).map(size)
  const rows = []
  const add = (what, unit, values) => wanted(what) && rows.push(row(what, unit, 'lower', undefined, values, []))
  add('first page, JavaScript over the wire', 'kB', [
    [first, ...overview].map(size).reduce((sum, each) => sum + each, 0),
  ])
  add('largest part that is loaded later', 'kB', [Math.max(0, ...others)])
  add('everything, JavaScript over the wire', 'kB', [scripts.map(size).reduce((sum, each) => sum + each, 0)])
  const shown = 'first page shown, CPU slowed 4 ×'
  if (chromium !== undefined && process.env.WAYPOST_BENCH !== 'short' && wanted(shown)) {
    log('first page')
    add(shown, 'ms', await firstPage(rounds))
  }
  return rows
}

async function firstPage(rounds) {
  const { chromium: driver } = await import('playwright-core')
  const { EmbeddedServer } = await import('@waypost/server')
  const { startHub } = await import('../packages/hub/dist/index.js')
  const store = await EmbeddedServer.start({ memory: true, host: '127.0.0.1', port: 0 })
  const hub = await startHub({ endpoints: store.url, port: 0, logger: false })
  const browser = await driver.launch({ executablePath: chromium, args: ['--no-sandbox'] })
  const times = []
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext()
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    const beganMs = performance.now()
    await page.goto(hub.url)
    await page.locator('.stats').waitFor()
    times.push(performance.now() - beganMs)
    await context.close()
  }
  await browser.close()
  await hub.close()
  await store.close()
  return times
}
