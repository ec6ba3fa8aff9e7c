import { EmbeddedServer } from '@waypost/server'
import { chromium as driver } from 'playwright-core'
import { connect } from 'waypost'
import { startHub } from '../../packages/hub/dist/index.js'

const batch = 100

/** A store in memory, a hub with the console, and a browser. */
export async function startConsole(executablePath) {
  const store = await EmbeddedServer.start({ memory: true, host: '127.0.0.1', port: 0 })
  const hub = await startHub({ endpoints: store.url, port: 0, logger: false })
  const waypost = await connect({ endpoints: store.url, logger: false })
  const browser = await driver.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  return {
    url: hub.url,
    waypost,
    browser,
    async open(path, size = { width: 1280, height: 900 }) {
      const context = await browser.newContext({ viewport: size })
      const page = await context.newPage()
      page.setDefaultTimeout(120_000)
      const session = await context.newCDPSession(page)
      if (path !== undefined) await page.goto(hub.url + path)
      return { context, page, session }
    },
    /** Writes many keys, a hundred in a transaction. */
    async putAll(entries) {
      for (let from = 0; from < entries.length; from += batch) {
        const steps = entries.slice(from, from + batch).map(([key, value]) => ({ put: key, value }))
        await putTogether(waypost.etcd, steps)
      }
    },
    async close() {
      await browser.close()
      await waypost.close()
      await hub.close()
      await store.close()
    },
  }
}

async function putTogether(etcd, steps) {
  const { put } = await import('@waypost/client')
  await etcd
    .txn()
    .do(...steps.map(({ put: key, value }) => put(key, value)))
    .commit()
}

/** Records of instances as a library writes them, by key; `weight` tells one writing from the next. */
export async function instanceRecords(waypost, service, count) {
  const place = { host: '10.0.0.1', port: 3000, version: '1.4.0', zone: 'eu-1' }
  const one = await waypost.registry.register({ service, id: 'sample', ...place })
  const record = JSON.parse((await waypost.etcd.kv.get(`/services/${service}/sample`)).text())
  await one.deregister()
  return (index, weight) => {
    const id = `${service}-${String(index % count).padStart(5, '0')}`
    return [`/services/${service}/${id}`, JSON.stringify({ ...record, id, weight })]
  }
}

/** Seconds of CPU that the main thread of a page has used. */
export async function cpuSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
}

/** Bytes on the heap of a page after a collection. */
export async function heapBytes(session) {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}
