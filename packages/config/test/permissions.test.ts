import { readFileSync } from 'node:fs'
import { EtcdClient } from '@waypost/client'
import { startStore, until } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConfigCenter } from '../src/admin/config-center.ts'

const reference = readFileSync(new URL('../../../docs/reference/publishing.md', import.meta.url), 'utf8')
const path = 'order/application.yaml'

let store: Awaited<ReturnType<typeof startStore>>
let root: EtcdClient
const open: (ConfigCenter | EtcdClient)[] = []

beforeAll(async () => {
  store = await startStore()
  const setUp = new EtcdClient({ endpoints: store.url })
  await setUp.auth.users.add('root', 'r')
  await setUp.auth.users.grantRole('root', 'root')
  await setUp.auth.enable()
  await setUp.close()
  root = new EtcdClient({ endpoints: store.url, auth: { username: 'root', password: 'r' } })
})

afterAll(async () => {
  for (const one of open.reverse()) await one.close()
  await root.close()
  await store.close()
})

/** A configuration for a user who may do what the reference says is needed for these things, and no more. */
async function userWho(name: string, things: readonly string[], notices: string[]): Promise<ConfigCenter> {
  await root.auth.roles.add(name)
  for (const thing of things) {
    const [, read, write] = new RegExp(`^\\| ${thing}[^|]*\\|([^|]*)\\|([^|]*)\\|$`, 'm').exec(reference) ?? []
    for (const [type, cell] of [
      ['read', read],
      ['readwrite', write],
    ] as const) {
      for (const [, prefix = ''] of cell?.matchAll(/`(\/[^`]+)`/g) ?? [])
        await root.auth.roles.grant(name, type, { prefix })
    }
  }
  await root.auth.users.add(name, 'p')
  await root.auth.users.grantRole(name, name)
  const etcd = new EtcdClient({ endpoints: store.url, auth: { username: name, password: 'p' } })
  const config = new ConfigCenter(etcd, { instance: name, onNotice: (notice) => notices.push(notice) })
  open.push(etcd, config)
  return config
}

it('the permissions that are documented suffice, and less does not', async () => {
  const notices: string[] = []
  const service = await userWho('service', ['load', 'confirm'], notices)
  const publisher = await userWho('publisher', ['load', 'publish', 'draft', 'make', 'see'], notices)
  const person = { author: 'mei' }

  await publisher.releases.publish(path, 'n: 1')
  const live = await service.load({ app: 'order' })
  await until('It is confirmed', async () => (await publisher.consumers.status(path)).counts.applied === 1)
  await publisher.consumers.waitUntilApplied(await publisher.releases.publish(path, 'n: 2', person))
  expect(live.current).toEqual({ n: 2 })
  expect(await publisher.releases.publish(path, 'n: 3', { dryRun: true })).toMatchObject({
    affected: [{ app: 'order' }],
  })
  await publisher.releases.rollback(path, 1)
  await publisher.documents.import(new Map([['order/other.yaml', Buffer.from('a: 1')]]))
  expect((await publisher.releases.history(path)).releases).toHaveLength(3)
  expect(await publisher.releases.diff(path, 1, 2)).toMatchObject({ changes: [{ from: 1, to: 2 }] })
  await publisher.drafts.save(path, 'n: 4', person)
  await publisher.drafts.submit(path, person)
  await publisher.drafts.approve(path, { author: 'li' })
  await publisher.drafts.publish(path)
  await publisher.canaries.create(path, { name: 'a', rule: { percent: 100 }, content: 'n: 5' })
  await publisher.canaries.promote(path, 'a')
  expect((await publisher.audit.list()).entries).not.toHaveLength(0)
  expect(notices).toEqual([])

  const denied = { code: 'permission-denied' }
  await expect(service.releases.publish(path, 'n: 6')).rejects.toMatchObject(denied)
  await expect(publisher.releases.publish('user/application.yaml', 'n: 1')).rejects.toMatchObject(denied)
  await expect(publisher.policies.set('order/', { approvals: 0 })).rejects.toMatchObject(denied)
})
