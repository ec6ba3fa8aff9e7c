import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { atOnce } from '@waypost/core'
import { expect, it, onTestFinished } from 'vitest'
import { directoryBackend, memoryBackend } from '../storage/open-backend.ts'
import { temporaryDirectory } from '../temporary-directory.test-support.ts'
import { Engine } from './engine.ts'
import {
  compactRequest,
  deleteRequest,
  grantRequest,
  putRequest,
  rangeRequest,
  readable,
} from './requests.test-support.ts'

async function open(dataDir: string): Promise<Engine> {
  const engine = await Engine.open({ backend: directoryBackend(dataDir) })
  onTestFinished(() => engine.close())
  return engine
}

async function fill(engine: Engine): Promise<void> {
  const value = 'x'.repeat(8_000)
  for (let round = 0; round < 3; round++)
    await Promise.all(Array.from({ length: 300 }, (_, n) => engine.propose('put', putRequest(`k${n}`, value))))
  await engine.propose('deleteRange', deleteRequest('k1', 'k9'))
  await engine.propose('leaseGrant', grantRequest(7n))
  await engine.propose('compact', compactRequest(engine.revision, true))
}

function everything(engine: Engine): unknown {
  return engine.range(rangeRequest('\0', '\0')).kvs.map(readable)
}

function trees(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => name.startsWith('tree'))
}

it('gives space back and loses nothing, again and again, and over a restart', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await open(dataDir)
  await fill(engine)
  const before = engine.size.bytes
  const content = everything(engine)
  await engine.defragment()
  const { bytes, inUseBytes } = engine.size
  expect(bytes).toBeLessThan(before / 3)
  expect(bytes).toBeLessThan(inUseBytes * 1.2 + 65_536)
  expect(everything(engine)).toEqual(content)
  await engine.propose('put', putRequest('after'))
  await Promise.all([engine.defragment(), engine.defragment(), engine.propose('put', putRequest('meanwhile'))])
  expect(trees(dataDir)).toHaveLength(1)
  const hash = await engine.hashKv(0)
  await engine.close()
  const again = await open(dataDir)
  expect(await again.hashKv(0)).toEqual(hash)
  expect(atOnce(again.leases.list())).toEqual([7n])
  expect(again.range(rangeRequest('after')).kvs).toHaveLength(1)
})

it('lets reads and writes go on', async () => {
  const engine = await open(join(temporaryDirectory(), 'data'))
  await fill(engine)
  let isDone = false
  const defragmenting = engine.defragment().finally(() => {
    isDone = true
  })
  let puts = 0
  while (!isDone) {
    await engine.propose('put', putRequest(`during${puts++}`))
    expect(engine.range(rangeRequest('k0')).kvs).toHaveLength(1)
  }
  await defragmenting
  expect(engine.range(rangeRequest('during', 'durinh')).kvs).toHaveLength(puts)
})

it('that was interrupted leaves nothing behind but the tree that was in use', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await open(dataDir)
  await engine.propose('put', putRequest('a'))
  await engine.close()
  await mkdir(join(dataDir, 'tree-1'))
  writeFileSync(join(dataDir, 'tree-1', 'data.mdb'), 'half a copy')
  const again = await open(dataDir)
  expect(trees(dataDir)).toEqual(['tree'])
  expect(again.range(rangeRequest('a')).kvs).toHaveLength(1)
  await again.defragment()
  expect(trees(dataDir)).toEqual(['tree-1'])
  expect(JSON.parse(readFileSync(join(dataDir, 'FORMAT'), 'utf8'))).toMatchObject({ format: 2, tree: 'tree-1' })
})

it('that is cut short by the end waits for it', async () => {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await open(dataDir)
  await fill(engine)
  const content = everything(engine)
  const defragmenting = engine.defragment().catch(() => {})
  await engine.close()
  await defragmenting
  expect(everything(await open(dataDir))).toEqual(content)
})

it('of a store in memory is nothing', async () => {
  const engine = await Engine.open({ backend: memoryBackend })
  await engine.defragment()
  await engine.close()
})
