import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HashRequest, Maintenance } from '@waypost/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { fillSink, HashSink } from '../../server/src/apply/bucket-sink.ts'
import type { BoltItem } from '../../server/src/bolt/bolt-writer.ts'
import { SnapshotReader } from '../../server/src/snapshot/snapshot-reader.ts'
import { makeTempDir, removeTempDir, requireOrSkip, startEtcd } from '../src/index.ts'
import { Wire } from '../src/wire/wire.ts'
import { takeSnapshot } from './crash/snapshot-revision.ts'

/** The member list is in etcd's hash, so what can be compared is how it comes about, not its value. */
it.skipIf(!requireOrSkip('the hash of everything beside etcd', 'model'))(
  'Hash is made of a database as etcd makes it',
  async () => {
    const etcd = await startEtcd()
    onTestFinished(() => etcd.close())
    const wire = new Wire(etcd.url)
    onTestFinished(() => wire.close())
    const directory = makeTempDir('hash')
    onTestFinished(() => removeTempDir(directory))
    for (let number = 0; number < 300; number++) await wire.put(`key/${number % 100}`, 'v'.repeat(number))
    await wire.delete('key/1', { end: 'key/2' })
    await wire.grant(1000n, 7n)
    await wire.compact(200n, { physical: true })
    const { hash } = await wire.call(Maintenance.hash, HashRequest.create({}))

    const path = join(directory, 'snapshot.db')
    writeFileSync(path, await takeSnapshot(wire))
    const snapshot = await SnapshotReader.open(path)
    const buckets = []
    for (const name of snapshot.bucketNames.sort()) {
      const items: BoltItem[] = []
      for await (const { key, value } of snapshot.items(name))
        items.push({ key: Buffer.from(key), value: Buffer.from(value) })
      buckets.push({ name, items })
    }
    const sink = new HashSink()
    await fillSink(sink, buckets, () => {})
    expect(sink.value).toBe(hash)
    await snapshot.close()
  },
)
