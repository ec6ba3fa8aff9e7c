import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, removeTempDir, startStore } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { waypost } from '../../waypost.test-support.ts'

test('check data reads a data directory, names what is damaged, and fails then', async () => {
  const dataDir = makeTempDir('check-data')
  onTestFinished(() => removeTempDir(dataDir))
  const store = await startStore({ dataDir })
  for (const n of [1, 2, 3]) await waypost(['put', `/key/${n}`, `value ${n}`, '--endpoints', store.url])
  await store.close()

  const sound = await waypost(['check', 'data', dataDir])
  expect(sound).toMatchObject({
    code: 0,
    stdout: 'Format 2, revision 4, 3 versions of keys, 0 leases, 3 commands: everything is what was written.\n',
  })
  expect(JSON.parse((await waypost(['check', 'data', dataDir, '-w', 'json'])).stdout)).toMatchObject({
    revision: 4,
    problems: [],
  })

  const file = join(dataDir, 'tree', 'data.mdb')
  writeFileSync(file, readFileSync(file, 'latin1').replaceAll('value 2', 'valuf 2'), 'latin1')
  const damaged = await waypost(['check', 'data', dataDir])
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('data-loss') })
  expect(damaged.stdout).toContain('the value of "/key/2" in revision 3.0 is not what was written.\n')
  expect(damaged.stdout).toContain(': 1 problem.\n')

  expect(await waypost(['check', 'data', join(dataDir, 'log')])).toMatchObject({ code: 4, stdout: '' })
})
