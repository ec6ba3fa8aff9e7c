import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWaypost, waypost } from '../../waypost.test-support.ts'

let directory: string

beforeAll(() => {
  directory = makeTempDir('serve-settings')
})

afterAll(() => removeTempDir(directory))

function file(text: string): string {
  const path = join(directory, 'waypost.yaml')
  writeFileSync(path, text)
  return path
}

test('options come from the command line, else from WAYPOST_…, else from the file', async () => {
  const config = file('port: 0\nmemory: true\nname: from-file\nmax-txn-ops: 256\n')
  await using server = await startWaypost(['serve', '--config', config, '--name', 'from-option'], {
    env: { WAYPOST_NAME: 'from-variable', WAYPOST_MAX_TXN_OPS: '64' },
  })
  const [, url = ''] = /on (http:\S+)/.exec(await server.waitForOutput('Ctrl+C')) ?? []
  expect((await waypost(['member', 'list', '--endpoints', url])).stdout).toContain('from-option')
})

test("etcd's own configuration file is taken, and --check-config starts nothing", async () => {
  const config = file(
    'name: default\ndata-dir: /nowhere/data\nlisten-client-urls: http://127.0.0.1:3379\nlisten-peer-urls: http://127.0.0.1:3380\n' +
      'quota-backend-bytes: 0\nclient-transport-security:\n  cert-file:\n  client-cert-auth: false\n',
  )
  const checked = await waypost(['serve', '--config', config, '--check-config'])
  expect(checked).toMatchObject({ code: 0, stdout: 'The options are fine: 127.0.0.1:3379, data in /nowhere/data.\n' })
})

test.each([
  ['prot: 1\n', 'there is no option prot'],
  ['port: many\n', 'waypost.yaml: port cannot be many'],
  ['memory: perhaps\n', 'memory must be true or false'],
  ['auto-compaction-mode: never\n', 'is one of periodic, revision'],
  ['port: {a: 1}\n', 'must be one value'],
  ['- a\n', 'is not a mapping'],
  ['cert-file: a\n', '--cert-file and --key-file go together'],
])('%j is refused before anything starts', async (text, message) => {
  const { code, stderr } = await waypost(['serve', '--config', file(text), '--check-config'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
})
