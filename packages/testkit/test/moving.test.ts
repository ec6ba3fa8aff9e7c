import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HashRequest, Maintenance, SnapshotRequest } from '@waypost/protocol'
import { restore, snapshotStatus } from '@waypost/server'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  EtcdProcess,
  findEtcd,
  freePorts,
  makeTempDir,
  removeTempDir,
  requireOrSkip,
  runEtcdctl,
  runEtcdutl,
  startEtcd,
  startStore,
} from '../src/index.ts'
import { Wire } from '../src/wire/wire.ts'
import { describeStore, fillStore, rootPassword } from './moving.test-support.ts'

const runs = requireOrSkip('moving to etcd and back', 'etcd', 'etcdctl')
const asRoot = { env: { ETCDCTL_USER: `root:${rootPassword}` } }

let directory = ''
beforeAll(() => {
  directory = makeTempDir('moving')
})
afterAll(() => removeTempDir(directory))

describe.skipIf(!runs)('a snapshot', () => {
  it('of the embedded server becomes an etcd with everything in it', async () => {
    const dataDir = makeTempDir('moving-embedded')
    onTestFinished(() => removeTempDir(dataDir))
    const store = await startStore({ dataDir })
    onTestFinished(() => store.close())
    await fillStore(store.url)
    const before = await describeStore(store.url)
    const path = join(directory, 'embedded.db')
    const saved = await runEtcdctl(store.url, ['snapshot', 'save', path], asRoot)
    expect(saved).toMatchObject({ code: 0, stdout: expect.stringContaining('Snapshot saved') })
    expect(readdirSync(dataDir).filter((name) => name.includes('snapshot'))).toEqual([])
    const status = await runEtcdutl(['snapshot', 'status', path, '-w', 'json'])
    const { hash, revision, totalKeys: totalKey, totalBytes: totalSize, version } = await snapshotStatus(path)
    expect(JSON.parse(status.stdout)).toEqual({ hash, revision, totalKey, totalSize, version })
    expect(revision).toBe(305)

    const etcd = await restoreToEtcd(path)
    onTestFinished(() => etcd.close())
    expect(await describeStore(etcd.url)).toEqual(before)

    const back = join(directory, 'back.db')
    await runEtcdctl(etcd.url, ['snapshot', 'save', back], asRoot)
    expect(await restoredHere(back)).toEqual(before)
  })

  it('of an etcd becomes an embedded server with everything in it', async () => {
    const etcd = await startEtcd()
    onTestFinished(() => etcd.close())
    await fillStore(etcd.url)
    const before = await describeStore(etcd.url)
    const path = join(directory, 'etcd.db')
    await runEtcdctl(etcd.url, ['snapshot', 'save', path], asRoot)
    expect(await restoredHere(path)).toEqual(before)
  })

  it('holds one revision while writes and compactions go on', async () => {
    const store = await startStore()
    onTestFinished(() => store.close())
    await using wire = new Wire(store.url)
    const value = 'x'.repeat(2_000)
    for (let n = 0; n < 3_000; n++) await wire.put(`k${n % 1_000}`, value)
    const path = join(directory, 'busy.db')
    let isSaved = false
    const saving = runEtcdctl(store.url, ['snapshot', 'save', path], {}).finally(() => {
      isSaved = true
    })
    let revision = 3_001n
    while (!isSaved) {
      await wire.put(`k${revision % 1_000n}`, `${revision}`)
      revision += 1n
      if (revision % 20n === 0n) await wire.compact(revision - 10n)
    }
    expect(await saving).toMatchObject({ code: 0 })
    const dataDir = join(directory, 'busy')
    const restored = await restore({ snapshotPath: path, dataDir })
    expect(restored.revision).toBeGreaterThanOrEqual(3_001)
    const copy = await startStore({ dataDir })
    onTestFinished(() => copy.close())
    await using copyWire = new Wire(copy.url)
    const { kvs } = await copyWire.range('k', { end: 'l' })
    expect(kvs).toHaveLength(1_000)
    expect(Math.max(...kvs.map((kv) => Number(kv.modRevision)))).toBe(restored.revision)
  })

  it('is refused when it is cut off, damaged or nothing of the kind, or when the place is taken', async () => {
    const store = await startStore()
    onTestFinished(() => store.close())
    await using wire = new Wire(store.url)
    await wire.put('a', '1')
    const path = join(directory, 'sound.db')
    await runEtcdctl(store.url, ['snapshot', 'save', path], {})
    const sound = readFileSync(path)
    const dataDir = join(directory, 'refused')
    const broken = join(directory, 'broken.db')
    const attempt = (): Promise<unknown> => restore({ snapshotPath: broken, dataDir })
    for (const size of [0, 100, 512, sound.length - 32, sound.length - 512]) {
      writeFileSync(broken, sound)
      truncateSync(broken, size)
      await expect(attempt()).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringMatching(/broken\.db is not a valid etcd snapshot: /),
      })
    }
    writeFileSync(
      broken,
      sound.map((byte, at) => (at === 9_000 ? byte ^ 1 : byte)),
    )
    await expect(attempt()).rejects.toThrow('SHA-256')
    await expect(restore({ snapshotPath: join(directory, 'missing'), dataDir })).rejects.toMatchObject({
      code: 'not-found',
    })
    await restore({ snapshotPath: path, dataDir })
    await expect(restore({ snapshotPath: path, dataDir })).rejects.toMatchObject({ code: 'data-dir-foreign' })
    expect(readdirSync(directory).filter((name) => name.includes('restoring'))).toEqual([])
  })

  it('ends when its reader goes away', async () => {
    const dataDir = makeTempDir('moving-gone')
    onTestFinished(() => removeTempDir(dataDir))
    const store = await startStore({ dataDir })
    onTestFinished(() => store.close())
    const wire = new Wire(store.url)
    for (let n = 0; n < 40; n++) await wire.put(`k${n}`, 'x'.repeat(1_000_000))
    await new Promise<void>((resolve) => {
      const stream = wire.connection.stream(Maintenance.snapshot, {
        onMessage: () => {
          stream.cancel()
          resolve()
        },
        onEnd: () => {},
      })
      stream.send(SnapshotRequest.create({}))
      stream.closeSend()
    })
    await wire.close()
    await expect.poll(() => readdirSync(dataDir).filter((name) => name.includes('snapshot'))).toEqual([])
  })
})

it('the hash of everything changes with anything', async () => {
  const store = await startStore()
  onTestFinished(() => store.close())
  await using wire = new Wire(store.url)
  const hash = async (): Promise<number> => (await wire.call(Maintenance.hash, HashRequest.create({}))).hash
  const hashes = [await hash(), await hash()]
  await wire.put('a')
  hashes.push(await hash())
  await wire.grant(60n)
  hashes.push(await hash())
  expect(new Set(hashes).size).toBe(3)
  expect(hashes[0]).toBe(hashes[1])
})

async function restoredHere(snapshotPath: string): Promise<unknown> {
  const dataDir = join(makeTempDir('moving-restored'), 'data')
  onTestFinished(() => removeTempDir(join(dataDir, '..')))
  await restore({ snapshotPath, dataDir })
  const store = await startStore({ dataDir })
  onTestFinished(() => store.close())
  return describeStore(store.url)
}

async function restoreToEtcd(path: string): Promise<EtcdProcess> {
  const [clientPort = 0, peerPort = 0] = await freePorts(2)
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const plan = {
    binary: findEtcd().path ?? '',
    name: 'restored',
    dataDir: join(makeTempDir('moving-etcd'), 'data'),
    clientPort,
    peerPort,
    initialCluster: `restored=${peerUrl}`,
    token: 'restored',
    extraArgs: [],
  }
  onTestFinished(() => removeTempDir(join(plan.dataDir, '..')))
  const restored = await runEtcdutl([
    ...['snapshot', 'restore', path, '--data-dir', plan.dataDir, '--name', plan.name],
    ...['--initial-cluster', plan.initialCluster, '--initial-advertise-peer-urls', peerUrl],
    ...['--initial-cluster-token', plan.token],
  ])
  expect(restored.code, restored.stderr).toBe(0)
  const etcd = new EtcdProcess(plan)
  await etcd.launch()
  await etcd.healthy()
  return etcd
}
