import { cpuSeconds } from './console-side.js'

const first = 'first page shown, CPU slowed 4 ×'
const firstCpu = 'first page, CPU time of its main thread until shown'
const pages = {
  services: '/services',
  service: '/services/none',
  timeline: '/timeline',
  configuration: '/configuration',
  document: '/configuration/hello%2Fgreeting.yaml',
  keys: '/keys',
  coordination: '/coordination',
  gateway: '/gateway',
  cluster: '/cluster',
  access: '/access',
  audit: '/audit',
  webhooks: '/webhooks',
  start: '/start',
}

/** How soon the first page shows, and how much script each other page adds. */
export async function measurePages(side, { rounds, log, wanted }) {
  const results = []
  if (wanted(first) || wanted(firstCpu)) {
    log('first page')
    const times = []
    const cpu = []
    for (let round = 0; round < rounds; round++) {
      const { context, page, session } = await side.open()
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
      const beganMs = performance.now()
      await page.goto(side.url)
      await page.locator('.stats').waitFor()
      times.push(performance.now() - beganMs)
      cpu.push((await cpuSeconds(session)) * 1_000)
      await context.close()
    }
    results.push([first, 'ms', times], [firstCpu, 'ms', cpu])
  }
  await side.waypost.config.releases.publish('hello/greeting.yaml', 'a: 1\n')
  const firstScripts = await scriptsOf(side, '/')
  for (const [name, path] of Object.entries(pages)) {
    const what = `page ${name}, JavaScript beyond the first page`
    if (!wanted(what)) continue
    const scripts = await scriptsOf(side, path)
    const bytes = [...scripts].filter(([url]) => !firstScripts.has(url)).reduce((sum, [, size]) => sum + size, 0)
    results.push([what, 'kB', [bytes / 1_000]])
  }
  return results.filter(([what]) => wanted(what))
}

/** The scripts that a page loads, with their bytes on the wire. */
async function scriptsOf(side, path) {
  const { context, page, session } = await side.open()
  await session.send('Network.enable')
  const urls = new Map()
  const sizes = new Map()
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') urls.set(requestId, response.url)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId)
    if (url !== undefined) sizes.set(url, encodedDataLength)
  })
  await page.goto(side.url + path, { waitUntil: 'load' })
  await page.locator('h1').first().waitFor()
  await page.locator('.panel, .tree, .empty, form').first().waitFor()
  if (path.includes('greeting')) await page.locator('.editor .cm-content').waitFor()
  await context.close()
  return sizes
}
