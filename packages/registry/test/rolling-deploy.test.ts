import { Stopwatch, stores, until } from '@waypost/testkit'
import { describe, expect, it } from 'vitest'
import { type CallerProcess, eachOn, type InstanceProcess, type Processes } from './processes.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
const size = isLong ? 10 : 3
const ttlSeconds = isLong ? 10 : 2
/** The short form runs beside other tests, on machines that are busy. */
const slackSeconds = isLong ? 1 : 2
const load = { readers: 6, writers: 6, delayMs: isLong ? 5 : 20 }
const flavours = stores().filter(
  ({ name, canRun }) => name === 'embedded-durable' || (isLong && name === 'etcd-3' && canRun('a rolling deploy')),
)

describe.each(flavours)('under constant load on $name', (flavour) => {
  let on: Processes
  eachOn(flavour, (processes) => {
    on = processes
  })

  const instance = (id: string): Promise<InstanceProcess> => on.instance({ id, ttlSeconds })

  async function fleet(): Promise<InstanceProcess[]> {
    return Promise.all(Array.from({ length: size }, (_, index) => instance(`old-${index}`)))
  }

  async function caller(): Promise<CallerProcess> {
    const started = await on.caller(load)
    await answeredBy(
      started,
      Array.from({ length: size }, (_, index) => `old-${index}`),
    )
    return started
  }

  function answeredBy(calling: CallerProcess, ids: readonly string[]): Promise<unknown> {
    return until(`${ids.join(', ')} answer`, async () => {
      const { answered } = await calling.report()
      return ids.every((id) => (answered[id] ?? 0) > 10)
    })
  }

  it('a rolling deploy loses no request', async () => {
    const old = await fleet()
    const calling = await caller()
    for (const [index, leaving] of old.entries()) {
      await instance(`new-${index}`)
      expect(await leaving.program.stop(30_000)).toMatchObject({ signal: 'SIGTERM' })
    }
    await answeredBy(
      calling,
      old.map((_, index) => `new-${index}`),
    )
    const { failed, answered } = await calling.report()
    expect(failed).toEqual([])
    expect(Object.values(answered).reduce((sum, count) => sum + count)).toBeGreaterThan(size * 100)
  })

  it('a killed instance costs at most the writes in flight, and is asked no more after the first refusal', async () => {
    const [killed] = await fleet()
    const calling = await caller()
    const watch = on.client.watch({ prefix: '/services/web/old-0' })
    await watch.started
    const stopwatch = new Stopwatch()
    await killed?.program.kill()
    for await (const { events } of watch) if (events.some(({ type }) => type === 'delete')) break
    expect(stopwatch.stop()).toBeLessThan((ttlSeconds + slackSeconds) * 1000)
    const { failed, refused } = await calling.report()
    expect(failed.filter(({ method }) => method === 'GET')).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(load.writers)
    expect(refused.every((port) => port === killed?.port)).toBe(true)
    // No more than were on their way when the first was refused, in all the time until its record is gone.
    expect(refused.length).toBeLessThanOrEqual(load.readers + load.writers)
  })
})
