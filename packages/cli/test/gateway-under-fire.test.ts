import { fileURLToPath } from 'node:url'
import { routesCheck, routesCheckName } from '@waypost/gateway'
import { makeTempDir, Program, removeTempDir, startStore } from '@waypost/testkit'
import { afterEach, expect, test } from 'vitest'
import { connect, type Waypost } from 'waypost'
import { type FailedRequest, startCheckedLoad } from '../src/commands/gateway/checked-load.test-support.ts'
import { startWaypost } from '../src/waypost.test-support.ts'

const instanceProgram = fileURLToPath(new URL('fixtures/shop-instance.mjs', import.meta.url))
const isLong = process.env.WAYPOST_LONG !== undefined
/** How often routes are swapped and instances killed; and how long the store is away. */
const rounds = isLong ? 20 : 3
const awayMs = isLong ? 60_000 : 1_500

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

/** A process that registers itself, and dies without a word when it is killed. */
async function startInstance(id: string, endpoints: string): Promise<Program> {
  const program = await Program.start(process.execPath, [instanceProgram, id, endpoints], { env: process.env })
  ending.push(() => program.kill())
  await program.waitForOutput('registered')
  return program
}

const routes = (version: number): string =>
  `routes:\n  shop:\n    path: { prefix: /shop }\n    target: { service: shop }\n    responseHeaders: { set: { x-version: '${version}' } }\n`

test('loses only what cannot be repeated of killed instances, and nothing when the store, routes or workers change', async () => {
  const dataDir = await makeTempDir('gateway')
  ending.push(() => removeTempDir(dataDir))
  let store = await startStore({ dataDir })
  const { port: storePort } = new URL(store.url)
  ending.push(() => store.close())
  const config = { checks: { [routesCheckName]: routesCheck } }
  const waypost: Waypost = await connect({ endpoints: store.url, env: {}, logger: false, config })
  ending.push(() => waypost.close())
  await waypost.config.set('gateway/routes.yaml', routes(0))
  await startInstance('steady', store.url)
  const args = ['gateway', '--port', '0', '--admin-port', '0', '--workers', '2', '--endpoints', store.url]
  await using gateway = await startWaypost(args)
  const port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(await gateway.waitForOutput('Ctrl+C'))?.[1])
  const checker = startCheckedLoad(port, 8, isLong ? 0 : 5)
  await checker.more(100)

  /** When an instance was killed. */
  const killedMs: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const victim = await startInstance(`victim-${round}`, store.url)
    await waypost.config.set('gateway/routes.yaml', routes(round))
    await checker.more(150)
    killedMs.push(performance.now())
    await victim.kill()
    await checker.more(150)
  }
  gateway.signal('SIGHUP')
  await expect.poll(() => gateway.stderr).toContain('The workers were replaced')
  await checker.more(100)

  await store.close()
  const backMs = performance.now() + awayMs
  while (performance.now() < backMs) await checker.more(50)
  store = await startStore({ dataDir, port: Number(storePort) })
  await startInstance('late', store.url)
  await expect.poll(() => waypost.config.set('gateway/routes.yaml', routes(99)).then(() => 'set', String)).toBe('set')
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/shop/x`)).headers.get('x-version')).toBe('99')
  await checker.more(100)
  const asked = await checker.stop()
  expect(asked).toBeGreaterThan(600)

  // A POST that was on its way to an instance when that was killed is the client's to repeat. Nothing else may fail.
  const isExcused = ({ method, fromMs, toMs }: FailedRequest): boolean =>
    method === 'POST' && killedMs.some((atMs) => fromMs <= atMs + 1_000 && toMs >= atMs)
  expect(checker.failures.filter((failure) => !isExcused(failure))).toEqual([])
  expect(checker.failures.length).toBeLessThanOrEqual(8 * rounds)
})
