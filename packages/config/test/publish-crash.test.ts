import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import { auditEntries } from '@waypost/core'
import { Program, startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { ConfigCenter } from '../src/admin/config-center.ts'
import { checksumOf, restoreContent } from '../src/records/content.ts'
import { parseHead } from '../src/records/head.ts'
import { recordFolders } from '../src/records/keys.ts'
import { parseRelease } from '../src/records/release.ts'

const script = fileURLToPath(new URL('crash/publisher.mjs', import.meta.url))
const kills = process.env.WAYPOST_LONG ? 50 : 6

it('leaves nothing half-published when a publisher is killed at any moment', { timeout: 300_000 }, async () => {
  await using server = await startStore()
  const etcd = new EtcdClient({ endpoints: server.url })
  try {
    for (let kill = 0; kill < kills; kill++) {
      await using publisher = await Program.start(process.execPath, [script, server.url, `publisher-${kill}`])
      await publisher.waitForOutput('publishing', 30_000)
      await sleep(Math.random() * 60)
      await publisher.kill()
      await checkWhole(etcd)
    }
    const config = new ConfigCenter(etcd)
    const { current } = await config.releases.history('b.yaml')
    expect(current).toBeGreaterThan(0)
    expect(await config.releases.publish('b.yaml', 'after: all', { expectedRelease: current })).toMatchObject({
      release: current + 1,
    })
  } finally {
    await etcd.close()
  }
})

/** Every document is its head's release, no release is missing, and a transaction's parts are all there. */
async function checkWhole(etcd: EtcdClient): Promise<void> {
  const keys = await etcd.kv.list({ all: true }).toArray()
  const releases = keys
    .filter(({ key }) => key.startsWith(recordFolders.releases))
    .map((stored) => ({ record: parseRelease(stored.bytes).record, revision: stored.modRevision }))
  const documents = new Map(keys.filter(({ key }) => key.startsWith('/config/')).map((stored) => [stored.key, stored]))
  for (const stored of keys.filter(({ key }) => key.startsWith(recordFolders.heads))) {
    const path = stored.key.slice(recordFolders.heads.length)
    const head = parseHead(stored.bytes).record
    const document = documents.get(`/config/${path}`)
    expect(document?.modRevision).toBe(stored.modRevision)
    expect(document && checksumOf(document.bytes)).toBe(head?.checksum)
    const own = releases.filter(({ record }) => record?.path === path)
    expect(own.map(({ record }) => record?.release)).toEqual(own.map((_, index) => index + 1))
    expect(own.at(-1)).toMatchObject({ revision: stored.modRevision, record: { release: head?.release } })
    const content = own.at(-1)?.record?.content
    expect(content && Buffer.from(restoreContent(content))).toEqual(document?.bytes)
  }
  expect(documents.size).toBe(keys.filter(({ key }) => key.startsWith(recordFolders.heads)).length)
  const audits = new Set(
    keys
      .filter(({ key }) => key >= auditEntries.from && key < auditEntries.to)
      .map(({ createRevision }) => createRevision),
  )
  for (const { record, revision } of releases) {
    expect(audits).toContain(revision)
    const bundle = releases.filter((other) => other.record?.bundle === record?.bundle)
    expect(new Set(bundle.map((other) => other.revision))).toEqual(new Set([revision]))
    if (record?.kind === 'publish') expect(bundle).toHaveLength(3)
  }
}
