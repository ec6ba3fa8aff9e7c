import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Engine } from '../src/apply/engine.ts'
import { grantRequest, putRequest } from '../src/apply/requests.test-support.ts'
import { checkData } from '../src/storage/check-data.ts'
import { segmentName } from '../src/storage/log-format.ts'
import { directoryBackend } from '../src/storage/open-backend.ts'
import { temporaryDirectory } from '../src/temporary-directory.test-support.ts'

async function filled(): Promise<string> {
  const dataDir = join(temporaryDirectory(), 'data')
  const engine = await Engine.open({ backend: directoryBackend(dataDir) })
  await engine.propose('leaseGrant', grantRequest(7n))
  for (let n = 0; n < 20; n++) await engine.propose('put', putRequest(`key ${n}`, `value ${n}`))
  await engine.close()
  return dataDir
}

function replace(file: string, text: string, other: string): void {
  writeFileSync(file, Buffer.from(readFileSync(file, 'latin1').replaceAll(text, other), 'latin1'))
}

it('finds a sound directory sound, says what is in it, and changes nothing', async () => {
  const dataDir = await filled()
  const names = readdirSync(dataDir, { recursive: true })
  expect(await checkData(dataDir)).toEqual({
    problems: [],
    format: 2,
    revision: 21,
    versions: 20,
    leases: 1,
    lastCommand: 21,
  })
  expect(readdirSync(dataDir, { recursive: true })).toEqual(names)
})

it('names every value that is not what was written', async () => {
  const dataDir = await filled()
  replace(join(dataDir, 'tree', 'data.mdb'), 'value 7', 'valux 7')
  replace(join(dataDir, 'tree', 'data.mdb'), 'value 11', 'valux 11')
  const { problems } = await checkData(dataDir)
  expect(problems).toEqual([
    expect.stringContaining('the value of "key 7" in revision 9.0'),
    expect.stringContaining('the value of "key 11" in revision 13.0'),
  ])
})

it('names what is missing', async () => {
  const dataDir = await filled()
  rmSync(join(dataDir, 'log', segmentName(1)))
  expect((await checkData(dataDir)).problems).toEqual([expect.stringContaining(`${segmentName(1)} is missing`)])
  rmSync(join(dataDir, 'tree'), { recursive: true })
  expect((await checkData(dataDir)).problems).toHaveLength(2)
})

it('says that a directory is none', async () => {
  await expect(checkData(temporaryDirectory())).rejects.toMatchObject({ code: 'not-found' })
})
