import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry } from '@waypost/registry'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { createGateway } from './gateway.ts'

/** More than are compiled in one go. */
const count = 2_000

function routes(body: string): string {
  const lines = Array.from(
    { length: count },
    (_, index) => `  r${index}:\n    path: { prefix: /r${index} }\n    answer: { body: ${body} }\n`,
  )
  return `routes:\n${lines.join('')}`
}

it('goes on answering by the old table while thousands of new routes are read and compiled', async () => {
  await using store = await startStore()
  await using etcd = new EtcdClient({ endpoints: store.url })
  await using config = new ConfigCenter(etcd)
  await using registry = new Registry(etcd)
  await config.set('gateway/routes.yaml', routes('old'))
  const notices: string[] = []
  await using gateway = await createGateway({
    waypost: { registry, config },
    timeoutMs: 30_000,
    onNotice: (message) => notices.push(message),
  })
  const port = await gateway.listen({ port: 0 })
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  })
  const ask = async (index: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/r${index}`)).text()
  const before = gateway.status().document?.revision
  await config.set('gateway/routes.yaml', routes('new'), { validate: 'none' })
  const seen: string[] = []
  turns = 0
  while (seen.at(-1) !== 'new') seen.push(await ask(count - 1))
  clearInterval(counting)
  expect(await ask(0)).toBe('new')
  // The change was taken in beside requests: the old table answered some, and no answer is a mixture of both.
  expect(new Set(seen)).toEqual(new Set(['old', 'new']))
  expect(turns).toBeGreaterThan(10)
  expect(gateway.status().document?.revision).not.toBe(before)
  expect(notices).toEqual([])
})
