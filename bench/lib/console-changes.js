import { cpuSeconds, heapBytes, instanceRecords } from './console-side.js'

const perSecond = 1_000
const seconds = 10
const instances = 5_000
const hourSeconds = 3_600

/** How busy the main thread is while instances change, and whether an hour of changes leaves anything behind. */
export async function measureChanges(side, { log, wanted }) {
  const results = []
  for (const [name, path] of [
    ['a service of 5,000 instances', '/services/busy'],
    ['the overview', '/'],
  ]) {
    const what = `${perSecond} instance changes a second, ${name}: main thread busy`
    if (!wanted(what)) continue
    log(what)
    const record = await instanceRecords(side.waypost, 'busy', instances)
    await side.putAll(Array.from({ length: instances }, (_, index) => record(index, 1)))
    const { context, page, session } = await side.open(path)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.locator('.connection-mark .status.ok').waitFor()
    const before = await cpuSeconds(session)
    const beganMs = performance.now()
    let changes = 0
    while (performance.now() - beganMs < seconds * 1_000) {
      const due = Math.floor(((performance.now() - beganMs) * perSecond) / 1_000)
      if (due - changes >= 50) {
        await side.putAll(
          Array.from({ length: due - changes }, (_, index) => record(changes + index, 2 + (changes % 90))),
        )
        changes = due
      } else await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const elapsed = (performance.now() - beganMs) / 1_000
    results.push([what, '% of CPU time', [((await cpuSeconds(session)) - before) * (100 / elapsed)]])
    log(`${Math.round(changes / elapsed)} changes a second were written`)
    await context.close()
  }
  const memory = 'an hour of changes: growth of the heap'
  if (wanted(memory)) {
    log(memory)
    const record = await instanceRecords(side.waypost, 'steady', 50)
    await side.putAll(Array.from({ length: 50 }, (_, index) => record(index, 1)))
    const { context, page, session } = await side.open()
    await page.clock.install()
    await page.goto(`${side.url}/services/steady`)
    await page.getByText('50 of 50 up').waitFor()
    const live = async (from, to) => {
      for (let second = from; second < to; second++) {
        await side.putAll([record(second, 1 + (second % 90))])
        await page.clock.runFor(1_000)
      }
    }
    await live(0, 300)
    const before = await heapBytes(session)
    await live(300, 300 + hourSeconds)
    const after = await heapBytes(session)
    results.push(
      [memory, '%', [(after / before - 1) * 100]],
      ['an hour of changes: heap afterwards', 'MB', [after / 1_000_000]],
    )
    await context.close()
  }
  return results
}
