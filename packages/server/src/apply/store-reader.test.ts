import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { BoltReader } from '../bolt/bolt-reader.ts'
import { bucketNames } from '../bolt/etcd-layout.ts'
import { directoryBackend, memoryBackend } from '../storage/open-backend.ts'
import { Engine } from './engine.ts'
import { compactRequest, deleteRequest, op, txnRequest } from './requests.test-support.ts'

const name = (number: number): string => `k/${String(number).padStart(5, '0')}`

/** A store with a history of puts, deletes and a compaction. */
async function fill(engine: Engine): Promise<void> {
  for (let round = 0; round < 3; round++)
    for (let first = 0; first < 5_000; first += 100) {
      const success = Array.from({ length: 100 }, (_, index) => op.put(name(first + index), `${round}`.repeat(50)))
      await engine.propose('txn', txnRequest({ success }))
    }
  await engine.propose('deleteRange', deleteRequest(name(100), name(400)))
  await engine.propose('compact', compactRequest(engine.revision - 20))
}

async function items(path: string, bucket: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    const reader = await BoltReader.open(file)
    let count = 0
    for await (const _ of reader.items(bucket)) count += 1
    return count
  } finally {
    await file.close()
  }
}

it('reads a store in another thread as it was, whatever is written meanwhile', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const memory = await Engine.open({ backend: memoryBackend })
  const disk = await Engine.open({ backend: directoryBackend(join(directory, 'data')) })
  onTestFinished(() => memory.close())
  onTestFinished(() => disk.close())
  await Promise.all([fill(memory), fill(disk)])
  const expected = await memory.hashKv(0)
  let isDone = false
  const writing = (async () => {
    // Enough for every reading to be overtaken; without a bound the store grows for as long as it is read.
    for (let number = 0; !isDone && number < 400; number++) {
      const success = Array.from({ length: 100 }, (_, index) =>
        op.put(name((number * 37 + index) % 5_000), 'x'.repeat(200)),
      )
      await disk.propose('txn', txnRequest({ success }))
    }
  })()
  for (let round = 0; round < 3; round++) {
    const path = join(directory, `snapshot-${round}.db`)
    const [hash, bytes] = await Promise.all([disk.hashKv(expected.revision), disk.writeSnapshot(path)])
    expect(hash.hash).toBe(expected.hash)
    expect(bytes).toBeGreaterThan(500_000)
    expect(await items(path, bucketNames.key)).toBeGreaterThan(5_000)
  }
  isDone = true
  await writing
  await disk.defragment()
  const { hash } = await disk.hashKv(expected.revision)
  expect(hash).toBe(expected.hash)
})
