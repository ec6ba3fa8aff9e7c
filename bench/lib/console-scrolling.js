import { instanceRecords } from './console-side.js'

const folders = 30
const perFolder = 1_000
const instances = 5_000
const steps = 240

/** The longest task of the main thread, and of frames that took longer than 50 ms how many, while one scrolls through everything. */
export async function measureScrolling(side, { rounds, log, wanted }) {
  const documents = `scrolling through ${folders * perFolder} documents`
  const table = `scrolling through ${instances} instances`
  const results = []
  if (wanted(documents)) {
    log(documents)
    const entries = Array.from({ length: folders * perFolder }, (_, index) => {
      const folder = String(Math.floor(index / perFolder)).padStart(2, '0')
      return [`/config/f${folder}/d${String(index % perFolder).padStart(4, '0')}.yaml`, 'a: 1\n']
    })
    await side.putAll(entries)
    const { context, page, session } = await side.open('/configuration', { width: 1280, height: 1800 })
    await page.getByRole('treeitem').first().waitFor()
    for (let folder = folders - 1; folder >= 0; folder--) {
      await page.getByRole('treeitem', { name: new RegExp(`^f${String(folder).padStart(2, '0')}`) }).click()
    }
    await page.waitForFunction(
      (least) => document.querySelector('.tree-rows')?.clientHeight > least,
      folders * perFolder * 30,
    )
    results.push(...(await scrolled(page, session, '.tree', documents, rounds)))
    await context.close()
  }
  if (wanted(table)) {
    log(table)
    const record = await instanceRecords(side.waypost, 'wide', instances)
    await side.putAll(Array.from({ length: instances }, (_, index) => record(index, 1)))
    const { context, page, session } = await side.open('/services/wide')
    await page.getByText(`${instances.toLocaleString('en')} of ${instances.toLocaleString('en')} up`).waitFor()
    results.push(...(await scrolled(page, session, '.table-scroller', table, rounds)))
    await context.close()
  }
  return results
}

async function scrolled(page, session, selector, what, rounds) {
  const longest = []
  const slow = []
  const work = []
  for (let round = 0; round < rounds; round++) {
    const events = await traced(session, () => scroll(page, selector))
    const tasks = events.filter(({ name }) => name === 'ThreadControllerImpl::RunTask' || name === 'RunTask')
    const main = busiest(tasks)
    longest.push(Math.max(0, ...main.map(({ tdur = 0 }) => tdur / 1_000)))
    slow.push(main.filter(({ tdur = 0 }) => tdur > 50_000).length)
    work.push(main.reduce((sum, { tdur = 0 }) => sum + tdur / 1_000, 0) / steps)
  }
  return [
    [`${what}: longest task, CPU time`, 'ms', longest],
    [`${what}: tasks over 50 ms`, '', slow],
    [`${what}: work per frame, CPU time`, 'ms', work],
  ]
}

/** From the top to the bottom, a step with each frame. */
function scroll(page, selector) {
  return page.evaluate(
    ([found, count]) =>
      new Promise((resolve) => {
        const element = document.querySelector(found)
        let step = 0
        const next = () => {
          element.scrollTop = ((element.scrollHeight - element.clientHeight) * step) / count
          if (step++ < count) requestAnimationFrame(next)
          else resolve(undefined)
        }
        element.scrollTop = 0
        requestAnimationFrame(next)
      }),
    [selector, steps],
  )
}

async function traced(session, act) {
  const events = []
  const collect = ({ value }) => events.push(...value)
  session.on('Tracing.dataCollected', collect)
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'] },
  })
  await act()
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await done
  session.off('Tracing.dataCollected', collect)
  return events
}

/** The tasks of the thread that did the most: the main thread of the page that scrolls. */
function busiest(tasks) {
  const threads = new Map()
  for (const task of tasks) {
    const thread = `${task.pid} ${task.tid}`
    const known = threads.get(thread)
    if (known === undefined) threads.set(thread, [task])
    else known.push(task)
  }
  const sum = (list) => list.reduce((total, { tdur = 0 }) => total + tdur, 0)
  return [...threads.values()].sort((a, b) => sum(b) - sum(a))[0] ?? []
}
